#include "sim/workload/sim_client.h"

#include <utility>

#include "engine/base/check.h"

namespace wringer::sim {

SimClient::SimClient(const SimClientOptions& options, env::Env* env,
                     OpSource* source, Recorder* recorder)
    : options_(options),
      env_(env),
      source_(source),
      recorder_(recorder),
      client_(options.client, env, this) {}

void SimClient::Start(Nanos elapsed) {
  origin_ = env_->clock->Monotonic() - elapsed;
  client_.Start();
  ArmNext();
}

void SimClient::StartScript(std::vector<PlannedOp> script, std::size_t window,
                            std::function<void()> on_done) {
  WR_CHECK(window > 0);
  scripted_ = true;
  script_ = std::move(script);
  window_ = window;
  on_done_ = std::move(on_done);
  client_.Start();
  CallScripted();
}

void SimClient::Stop() {
  stopped_ = true;
  env_->fibers->CancelTimer(timer_);
}

void SimClient::ArmNext() {
  if (stopped_) return;
  if (options_.operations && next_ordinal_ >= *options_.operations) return;
  if (!source_->Has(options_.number, next_ordinal_)) return;
  const Nanos pause = source_->PauseBefore(options_.number, next_ordinal_,
                                           env_->clock->Monotonic() - origin_);
  timer_ = env_->fibers->ArmTimer(pause, this, 0);
}

void SimClient::OnTimer(std::uint64_t) {
  CallNext();
  if (options_.open_loop) ArmNext();
}

void SimClient::CallNext() {
  if (stopped_) return;
  Call(source_->Make(options_.number, next_ordinal_++));
}

void SimClient::CallScripted() {
  while (!stopped_ && in_flight_ < window_ && script_next_ < script_.size()) {
    Call(std::move(script_[script_next_++]));
  }
}

void SimClient::Call(PlannedOp op) {
  client::Operation operation;
  operation.op = op.id;
  operation.kind = op.kind;
  operation.key = op.key;
  operation.expected_tag = op.expected_tag;
  operation.write_level = options_.write_level;
  operation.read_level = options_.read_level;
  operation.value = op.value;
  recorder_->Called(options_.number, op, operation);
  key_of_.emplace(op.id.value(), op.key_number);
  ++in_flight_;
  if (env_->trace->on(env::Component::kClient)) {
    env_->trace->Log(env::Component::kClient, "op.invoke", op.key);
  }
  client_.Submit(std::move(operation));
}

void SimClient::OnCompleted(client::Completion& completion) {
  WR_CHECK(in_flight_ > 0);
  --in_flight_;
  recorder_->Returned(completion);
  const auto it = key_of_.find(completion.op.value());
  WR_CHECK(it != key_of_.end());
  if (completion.fate == client::Fate::kOk) {
    source_->Saw(it->second, completion.reply.tag);
  }
  key_of_.erase(it);
  if (env_->trace->on(env::Component::kClient)) {
    env_->trace->Log(env::Component::kClient, "op.return",
                     client::FateName(completion.fate));
  }
  if (scripted_) {
    CallScripted();
    if (in_flight_ == 0 && script_next_ == script_.size() && on_done_) {
      std::exchange(on_done_, nullptr)();
    }
    return;
  }
  if (!options_.open_loop) ArmNext();
}

}  // namespace wringer::sim

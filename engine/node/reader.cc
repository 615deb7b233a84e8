#include "engine/node/reader.h"

#include <optional>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/node/keyspace.h"
#include "engine/node/stored_value.h"

namespace wringer::node {

Reader::Reader(const NodeOptions& options, env::Env* env,
               storage::StorageEngine* engine, const Applier* applier,
               Host* host)
    : options_(options),
      env_(env),
      engine_(engine),
      applier_(applier),
      host_(host),
      ready_(env->fibers) {}

void Reader::Start() {
  for (std::size_t i = 0; i < options_.limits.read_fibers; ++i) {
    env_->fibers->Spawn("reader", [this] { Run(); });
  }
}

void Reader::Submit(ReadJob job) {
  if (job.at_least <= applier_->applied().index) {
    ready_.Push(std::move(job));
    return;
  }
  auto place = waiting_.end();
  while (place != waiting_.begin() &&
         std::prev(place)->at_least > job.at_least) {
    --place;
  }
  waiting_.insert(place, std::move(job));
}

void Reader::OnApplied(LogIndex applied) {
  while (!waiting_.empty() && waiting_.front().at_least <= applied) {
    ready_.Push(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void Reader::Run() {
  while (!stopped_) {
    const ReadJob job = ready_.Pop();
    env_->cpu->Charge(options_.cpu.per_read);
    absl::StatusOr<ReadAnswer> answer = Read(job.key);
    host_->OnRead(job.ticket, std::move(answer));
  }
}

// The witness must name exactly the state that was read. Mostly nothing was
// applied while reading, and "now" had one meaning; else read a point in time.
absl::StatusOr<ReadAnswer> Reader::Read(const std::string& key) {
  std::string data_key;
  MakeDataKey(key, &data_key);
  SequenceNumber sequence = engine_->last_sequence();
  LogPosition position = applier_->PositionAt(sequence);
  absl::StatusOr<std::optional<std::string>> bytes = engine_->Get(data_key);
  if (engine_->last_sequence() != sequence) {
    const auto view = engine_->NewReadView();
    position = applier_->PositionAt(view->sequence());
    bytes = engine_->Get(data_key, view.get());
  }
  WR_RETURN_IF_ERROR(bytes.status());
  ReadAnswer answer;
  answer.position = position;
  if (!bytes->has_value()) return answer;
  StoredValue stored;
  if (!DecodeStored(**bytes, &stored)) {
    return absl::DataLossError("a stored value cannot be read");
  }
  answer.found = !stored.tombstone;
  answer.tag = stored.tag;
  answer.value.assign(stored.value.data(), stored.value.size());
  return answer;
}

}  // namespace wringer::node

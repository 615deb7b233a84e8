// Carries out what the replication model asks for, in the one right order, and
// brings completions back to it as inputs.
//
// The order is that of the fields of replication::Ready, and it is fixed here
// and nowhere else: first what must become durable is handed to the disk, then
// what may leave leaves (at once, or when its promise holds), then execution
// goes on, then the rest. A step taken while a Ready is being carried out
// collects into the next one.
//
// Nothing here yields: the parts that do have fibers of their own.
#ifndef WR_ENGINE_NODE_DRIVER_H_
#define WR_ENGINE_NODE_DRIVER_H_

#include <array>
#include <utility>
#include <vector>

#include "engine/log_store/log_store.h"
#include "engine/node/answers.h"
#include "engine/node/contract/host.h"
#include "engine/node/parts.h"
#include "engine/node/promises.h"

namespace wringer::node {

class Driver final : public Host,
                     public log_store::LogStoreListener,
                     private env::TimerTarget {
 public:
  explicit Driver(Parts* parts);

  // The first input. REQUIRES: all parts are built and loaded.
  void Start(replication::Start start);
  // A request that passed the node's limits.
  void Submit(NodeId from, wire::ClientRequest request, Slice payload);
  // Answers a request that goes no further, with `outcome` or, if the node has
  // halted for want of space, with that.
  void Refuse(NodeId from, const wire::ClientRequest& request,
              wire::Outcome outcome);

  Answers& answers() { return answers_; }

  bool started() const { return started_; }
  bool halted() const { return halted_; }
  std::size_t open_requests() const { return answers_.open(); }

  // Gives the model one input, as Step does, where it need not be moved about.
  template <typename Body>
  void Give(Body body) {
    Take({.now = Now(), .body = std::move(body)});
  }

  // Host.
  void Step(replication::InputBody body) override { Give(std::move(body)); }
  bool Awaited(LogPosition position) const override {
    return answers_.Awaited(position);
  }
  void OnExecuted(const replication::LogEntry& entry,
                  const session::Result& result) override;
  void OnAppliedUpTo(LogPosition applied) override;
  void OnSnapshotInstalled(LogPosition at, bool ok) override;
  void OnLogRestarting() override;
  void OnRead(replication::Ticket ticket,
              absl::StatusOr<ReadAnswer> answer) override;
  void OnMerged(replication::StoreOp op,
                const replication::Version& winner) override;
  void OnStoreChanged(Slice stored_key,
                      const replication::Versioned* held) override;
  void OnStoreRead(Slice key, const replication::Versioned* held) override;
  void OnMergeFailed(replication::StoreOp op) override;
  void Halt(const absl::Status& why) override;

  // log_store::LogStoreListener.
  void OnDurable(const log_store::DurableMark& mark) override;
  void OnWritten() override;
  void OnLogError(const absl::Status& status) override;

 private:
  void OnTimer(std::uint64_t cookie) override;
  replication::Now Now() const;
  // Does nothing before the start and after a halt.
  void Take(const replication::Input& input);

  // The groups of Ready, in order.
  void CarryOut(replication::Ready& ready);
  void Persist(replication::Ready& ready);
  void KeepMeta(replication::Ready& ready);
  void Speak(replication::Ready& ready);
  void Continue(replication::Ready& ready);
  void Snapshots(replication::Ready& ready);

  // Lets go, holds or drops one output.
  template <typename Output>
  void Release(Output& output);
  void ReleaseHeld();
  void SendNow(replication::Send& send);
  void SendNow(replication::Reply& reply);
  void TellOfWrite(const OpenRequest& open, const wire::ClientReply& reply);
  void DropBroken(Promises::Outputs& broken);
  void AwaitApply(replication::ReplyAfterApply waiter);
  void StartRead(const replication::Read& read);
  void GiveVerdict(const replication::ReadVerdict& verdict);
  void SetTimer(const replication::TimerCommand& command);
  void Fetch(const replication::Fetch& fetch);
  void DropPrefix(LogPosition upto);
  void NoticeRole();

  Parts* const parts_;
  bool started_ = false;
  bool durable_before_start_ = false;
  bool halted_ = false;
  bool no_space_ = false;  // why it halted

  // One is being collected while the other is carried out.
  std::array<replication::Ready, 2> readies_;
  replication::Ready* collecting_ = &readies_[0];
  replication::Ready* carrying_ = &readies_[1];
  bool pumping_ = false;

  Answers answers_;
  Promises promises_;
  std::array<env::TimerId, replication::kMaxTimers> timers_{};
  RoleChanged last_role_;
  MetaVersion last_meta_;  // given to the log
  // Kept for their capacity.
  std::vector<replication::Reply> executed_;
  Promises::Outputs leaving_;
  Promises::Outputs broken_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_DRIVER_H_

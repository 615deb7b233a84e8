// The model of one node: a log, and nobody to tell.
//
// A write is executed when its entry is durable, and answered then; at level
// `mem` it is executed and answered at once, and what was written before it is
// executed with it. Level `os` needs the page cache, and the only watermark
// that proves at least that is `durable`, so it waits for it too.
//
// Every read is linearizable while the node is up: it waits for everything
// committed when it arrived (nothing, at level `local`). After a restart all
// entries that recovery found are committed: the log store makes what it
// recovers durable before it hands it over.
//
// Entries carry the incarnation as their term, so that a place in the log that
// was lost (level `mem`) and written again is not taken for the same entry.
#ifndef WR_ENGINE_REPLICATION_SINGLE_SINGLE_H_
#define WR_ENGINE_REPLICATION_SINGLE_SINGLE_H_

#include <memory>

#include "engine/replication/options.h"
#include "engine/replication/replicator.h"

namespace wringer::replication::single {

Capabilities SingleCapabilities(const ReplicationOptions& options);

class Single final : public Replicator {
 public:
  explicit Single(const ReplicationOptions& options);

  void Step(const Input& input, Ready& ready) override;
  const Status& status() const override { return status_; }
  const Capabilities& capabilities() const override { return capabilities_; }

 private:
  void OnStart(const Start& start, Ready& ready);
  void OnSubmit(const Submit& submit, Ready& ready);
  void Write(const Submit& submit, Ready& ready);
  void OnDurable(const Durable& durable, Ready& ready);
  void Commit(LogIndex upto, Ready& ready);
  void Refuse(Ticket ticket, wire::Outcome outcome, Ready& ready) const;

  const Capabilities capabilities_;
  Status status_;
  // Recovery found damage that no copy can repair, or the log failed: nothing
  // is served any more.
  bool halted_ = false;
};

}  // namespace wringer::replication::single

#endif  // WR_ENGINE_REPLICATION_SINGLE_SINGLE_H_

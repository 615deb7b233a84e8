// The store of leaderless models: versioned values, merged rather than
// ordered. Merging keeps the greater version, so it may be repeated and
// reordered freely; it is answered when it is durable.
//
// One fiber writes: it takes every merge that waits, makes one batch of them
// and applies it durably, so that many merges share one sync. Another reads. A
// key whose merge is being written is read after it: a read never shows what a
// power loss could still take back.
//
//   merge(held, incoming) = the greater of the two versions
#ifndef WR_ENGINE_NODE_MERGE_APPLIER_H_
#define WR_ENGINE_NODE_MERGE_APPLIER_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/node/stored_value.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

class MergeApplier {
 public:
  MergeApplier(const NodeOptions& options, env::Env* env,
               storage::StorageEngine* engine, Host* host);

  // Computes the digest of what the opened engine holds. May yield.
  absl::Status Load();
  void Start();

  // None yields; answers come as Merged, StoreReadDone and StoreScanDone.
  void Submit(replication::Merge merge);
  void Submit(replication::StoreRead read);
  void Submit(replication::StoreScan scan);
  void Stop() { stopped_ = true; }

  std::uint64_t state_digest() const { return digest_.value(); }
  // Time of the newest version that Load found.
  std::uint64_t newest() const { return newest_; }

 private:
  using Question = std::variant<replication::StoreRead, replication::StoreScan>;
  // What the group being written makes of a key: nothing if it removes it.
  struct Pending {
    std::optional<replication::Versioned> value;
    std::optional<std::string> before;  // the bytes the engine held
    bool changed = false;
  };

  void RunWriter();
  void RunReader();
  absl::Status WriteGroup(const std::vector<replication::Merge>& group);
  absl::StatusOr<Pending*> Lookup(const std::string& stored_key);
  // Returns the version the replica holds afterwards.
  replication::Version MergeInto(Pending& pending,
                                 const replication::Merge& merge);
  absl::Status ApplyPending();
  absl::Status Answer(const replication::StoreRead& read);
  absl::Status Answer(const replication::StoreScan& scan);
  static std::string StoredKey(const replication::Merge& merge);

  const NodeOptions& options_;
  env::Env* const env_;
  storage::StorageEngine* const engine_;
  Host* const host_;
  StateDigest digest_;
  std::uint64_t newest_ = 0;
  bool stopped_ = false;

  std::vector<replication::Merge> waiting_;
  env::WaitQueue writer_work_;
  // The group being written, by stored key.
  absl::btree_map<std::string, Pending> writing_;
  std::vector<replication::StoreRead> after_group_;
  env::Mailbox<Question> questions_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_MERGE_APPLIER_H_

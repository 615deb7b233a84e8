// The parts a node is made of, in the order in which they are built.
#ifndef WR_ENGINE_NODE_PARTS_H_
#define WR_ENGINE_NODE_PARTS_H_

#include <memory>

#include "engine/env/env.h"
#include "engine/log_store/log_store.h"
#include "engine/node/applier.h"
#include "engine/node/config_link.h"
#include "engine/node/config_machine.h"
#include "engine/node/config_seat.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/contract/options.h"
#include "engine/node/contract/outbox.h"
#include "engine/node/contract/recent_requests.h"
#include "engine/node/detector_link.h"
#include "engine/node/maintenance.h"
#include "engine/node/merge_applier.h"
#include "engine/node/reader.h"
#include "engine/node/snapshots.h"
#include "engine/replication/replicator.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

struct Parts {
  NodeOptions options;
  env::Env* env = nullptr;
  NodeObserver* observer = nullptr;  // never null: a silent one stands in
  NodeCounters counters;

  std::unique_ptr<log_store::LogStore> log;
  std::unique_ptr<storage::StorageEngine> engine;
  std::unique_ptr<replication::Replicator> replicator;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<ConfigLink> config;
  std::unique_ptr<DetectorLink> detector;  // null: nobody is watched
  std::unique_ptr<Maintenance> maintenance;
  // Log models.
  std::unique_ptr<ConfigMachine> config_machine;  // members of the config
  std::unique_ptr<ConfigSeat> config_seat;        // group only
  std::unique_ptr<Applier> applier;
  std::unique_ptr<Reader> reader;
  std::unique_ptr<SnapshotSender> snapshot_sender;
  std::unique_ptr<SnapshotReceiver> snapshot_receiver;
  // Leaderless models.
  std::unique_ptr<MergeApplier> merge_applier;
  RecentRequests recent{4096};  // of leaderless models

  bool has_log() const { return replicator->capabilities().has_log; }
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_PARTS_H_

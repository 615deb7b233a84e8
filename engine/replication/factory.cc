#include "engine/replication/factory.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/replication/primary_backup/primary_backup.h"
#include "engine/replication/quorum/quorum_replicator.h"
#include "engine/replication/raft/raft.h"
#include "engine/replication/single/single.h"

namespace wringer::replication {
namespace {

struct Model {
  const char* name;
  std::unique_ptr<Replicator> (*make)(const ReplicationOptions&);
  Capabilities (*capabilities)(const ReplicationOptions&);
};

template <typename T>
std::unique_ptr<Replicator> Make(const ReplicationOptions& options) {
  return std::make_unique<T>(options);
}

// One line a model.
constexpr Model kModels[] = {
    {"primary_backup", Make<primary_backup::PrimaryBackup>,
     primary_backup::PrimaryBackupCapabilities},
    {"quorum", Make<quorum::QuorumReplicator>, quorum::QuorumCapabilities},
    {"raft", Make<raft::Raft>, raft::RaftCapabilities},
    {"single", Make<single::Single>, single::SingleCapabilities},
};

absl::StatusOr<const Model*> Find(const std::string& name) {
  for (const Model& model : kModels) {
    if (name == model.name) return &model;
  }
  const auto names = [](std::string* out, const Model& model) {
    out->append(model.name);
  };
  return absl::InvalidArgumentError(
      absl::StrCat("unknown replication model \"", name, "\"; known are ",
                   absl::StrJoin(kModels, ", ", names)));
}

// What must hold whatever the model.
absl::Status Validate(const ReplicationOptions& options) {
  if (options.self == kNoNode) {
    return absl::InvalidArgumentError("replication: self is not set");
  }
  for (std::size_t i = 1; i < options.members.size(); ++i) {
    if (options.members[i - 1] >= options.members[i]) {
      return absl::InvalidArgumentError(
          "replication: members are not ascending");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Replicator>> NewReplicator(
    const ReplicationOptions& options) {
  const absl::StatusOr<const Model*> model = Find(options.model);
  if (!model.ok()) return model.status();
  if (absl::Status s = Validate(options); !s.ok()) return s;
  return (*model)->make(options);
}

absl::StatusOr<Capabilities> ModelCapabilities(
    const ReplicationOptions& options) {
  const absl::StatusOr<const Model*> model = Find(options.model);
  if (!model.ok()) return model.status();
  return (*model)->capabilities(options);
}

}  // namespace wringer::replication

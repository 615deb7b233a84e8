#include "engine/node/config_machine.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "engine/node/keyspace.h"

namespace wringer::node {

using membership::ConfigCommand;
using membership::ConfigVerdict;

absl::Status ConfigMachine::Load(storage::StorageEngine* engine) {
  std::string key;
  MakeDataKey(kViewKey, &key);
  WR_ASSIGN_OR_RETURN(std::optional<std::string> bytes, engine->Get(key));
  stored_ = std::move(bytes).value_or(std::string());
  if (stored_.empty()) {
    view_ = membership::FirstView(options_.members, options_.first_primary);
    return absl::OkStatus();
  }
  StoredValue held;
  if (!DecodeStored(stored_, &held)) {
    return absl::DataLossError("the stored view cannot be read");
  }
  Reader r(held.value);
  view_ = membership::DecodeView(r);
  if (r.done()) return absl::OkStatus();
  return absl::DataLossError("the stored view cannot be read");
}

absl::StatusOr<session::Result> ConfigMachine::Execute(
    Slice payload, LogPosition at, storage::WriteBatch* batch,
    StateDigest* delta) {
  ConfigCommand command;
  if (!membership::DecodeConfigCommand(payload, &command).ok()) {
    return absl::DataLossError(absl::StrCat("log entry ", at.index.value(),
                                            " is not a config command"));
  }
  session::Result result;
  result.position = at;
  const ConfigVerdict verdict = membership::Execute(command, &view_);
  if (verdict != ConfigVerdict::kInstalled) {
    // Leaders propose nothing that breaks a rule; being late is no fault.
    if (verdict == ConfigVerdict::kLate) WR_MARK(kConfigRaceLost);
    return result;
  }
  result.cas_applied = true;
  std::string view;
  Writer w(&view);
  membership::EncodeView(view_, w);
  w.Flush();
  std::string key;
  MakeDataKey(kViewKey, &key);
  if (!stored_.empty()) delta->Remove(key, stored_);
  EncodeStored({.tombstone = false,
                .tag = OpId(view_.epoch.value()),
                .position = at,
                .value = view},
               &stored_);
  delta->Add(key, stored_);
  batch->Put(key, stored_);
  if (on_installed_) on_installed_(command);
  return result;
}

}  // namespace wringer::node

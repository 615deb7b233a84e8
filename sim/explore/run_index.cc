#include "sim/explore/run_index.h"

#include <sqlite3.h>

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace wringer::sim {
namespace {

// Seeds and digests are 64 bits without a sign, which SQLite's integers are
// not; as text they read as everywhere else.
constexpr char kSchema[] = R"(
PRAGMA synchronous = OFF;
CREATE TABLE runs (
  id INTEGER PRIMARY KEY, scenario TEXT NOT NULL, identity TEXT NOT NULL,
  seed TEXT NOT NULL, build TEXT NOT NULL, verdict TEXT NOT NULL,
  violation TEXT NOT NULL, fingerprint TEXT NOT NULL, rule TEXT NOT NULL,
  role TEXT NOT NULL, phase TEXT NOT NULL, summary TEXT NOT NULL,
  digest TEXT NOT NULL, events INTEGER NOT NULL, operations INTEGER NOT NULL,
  operations_ok INTEGER NOT NULL, simulated_ns INTEGER NOT NULL,
  real_ns INTEGER NOT NULL, cpu_ns INTEGER NOT NULL, worker INTEGER NOT NULL,
  UNIQUE (scenario, seed));
CREATE TABLE faults (
  run INTEGER NOT NULL REFERENCES runs, kind TEXT NOT NULL,
  planned INTEGER NOT NULL, fired INTEGER NOT NULL,
  effective INTEGER NOT NULL, masked INTEGER NOT NULL,
  PRIMARY KEY (run, kind)) WITHOUT ROWID;
CREATE TABLE marks (
  run INTEGER NOT NULL REFERENCES runs, mark TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (run, mark)) WITHOUT ROWID;
CREATE VIEW kinds AS
  SELECT violation, fingerprint, rule, role, phase, count(*) AS seen,
         min(id) AS first_run
  FROM runs WHERE verdict = 'failed' GROUP BY violation, fingerprint;
CREATE VIEW fault_kinds AS
  SELECT kind, sum(planned) AS planned, sum(fired) AS fired,
         sum(effective) AS effective, sum(masked) AS masked
  FROM faults GROUP BY kind;
CREATE VIEW marks_reached AS
  SELECT mark, count(*) AS runs, sum(count) AS times, min(run) AS first_run
  FROM marks GROUP BY mark;
)";

constexpr char kAddRun[] =
    "INSERT OR IGNORE INTO runs (scenario, identity, seed, build, verdict, "
    "violation, fingerprint, rule, role, phase, summary, digest, events, "
    "operations, operations_ok, simulated_ns, real_ns, cpu_ns, worker) "
    "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

// Binds parameters in order.
class Binder {
 public:
  explicit Binder(sqlite3_stmt* statement) : statement_(statement) {
    sqlite3_reset(statement);
  }
  // `text` must outlive the step.
  Binder& Text(Slice text) {
    sqlite3_bind_text(statement_, ++at_, text.data(),
                      static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
  }
  Binder& Int(std::int64_t n) {
    sqlite3_bind_int64(statement_, ++at_, n);
    return *this;
  }
  Binder& Uint(std::uint64_t n) { return Int(static_cast<std::int64_t>(n)); }

 private:
  sqlite3_stmt* const statement_;
  int at_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RunIndex>> RunIndex::Create(
    const std::string& path) {
  std::remove(path.c_str());
  std::remove((path + "-journal").c_str());
  std::unique_ptr<RunIndex> index(new RunIndex());
  WR_RETURN_IF_ERROR(index->Open(path));
  return index;
}

RunIndex::~RunIndex() {
  for (sqlite3_stmt* statement : {add_run_, add_fault_, add_mark_}) {
    sqlite3_finalize(statement);
  }
  sqlite3_close(db_);
}

absl::Status RunIndex::Failure(const char* what) const {
  return absl::UnavailableError(
      absl::StrCat("the index: cannot ", what, ": ", sqlite3_errmsg(db_)));
}

absl::Status RunIndex::Execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Failure("write");
  }
  return absl::OkStatus();
}

absl::Status RunIndex::Prepare(const char* sql, sqlite3_stmt** out) {
  if (sqlite3_prepare_v2(db_, sql, -1, out, nullptr) != SQLITE_OK) {
    return Failure("prepare");
  }
  return absl::OkStatus();
}

absl::Status RunIndex::Step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? absl::OkStatus() : Failure("write");
}

absl::Status RunIndex::Open(const std::string& path) {
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) return Failure("open");
  WR_RETURN_IF_ERROR(Execute(kSchema));
  WR_RETURN_IF_ERROR(Prepare(kAddRun, &add_run_));
  WR_RETURN_IF_ERROR(
      Prepare("INSERT INTO faults VALUES (?,?,?,?,?,?)", &add_fault_));
  return Prepare("INSERT INTO marks VALUES (?,?,?)", &add_mark_);
}

absl::Status RunIndex::Add(const RunRecord& r) {
  if (!in_transaction_) {
    WR_RETURN_IF_ERROR(Execute("BEGIN"));
    in_transaction_ = true;
  }
  const std::string seed = SeedName(r.seed);
  const std::string digest = absl::StrFormat("%016x", r.digest);
  Binder bind(add_run_);
  bind.Text(r.scenario).Text(r.identity).Text(seed).Text(r.build);
  bind.Text(RunVerdictName(r.verdict)).Text(r.violation).Text(r.fingerprint);
  bind.Text(r.rule).Text(r.role).Text(r.phase).Text(r.summary).Text(digest);
  bind.Uint(r.events).Uint(r.operations).Uint(r.operations_ok);
  bind.Int(r.simulated_ns).Int(r.real_ns).Int(r.cpu_ns).Int(r.worker);
  WR_RETURN_IF_ERROR(Step(add_run_));
  if (sqlite3_changes(db_) == 0) return absl::OkStatus();
  return AddDetails(sqlite3_last_insert_rowid(db_), r);
}

absl::Status RunIndex::AddDetails(std::int64_t run, const RunRecord& r) {
  for (const auto& [kind, n] : r.faults) {
    Binder bind(add_fault_);
    bind.Int(run).Text(kind).Uint(n.planned).Uint(n.fired);
    bind.Uint(n.effective).Uint(n.masked);
    WR_RETURN_IF_ERROR(Step(add_fault_));
  }
  for (const auto& [mark, count] : r.marks) {
    Binder bind(add_mark_);
    bind.Int(run).Text(mark).Uint(count);
    WR_RETURN_IF_ERROR(Step(add_mark_));
  }
  return absl::OkStatus();
}

absl::Status RunIndex::Commit() {
  if (!in_transaction_) return absl::OkStatus();
  in_transaction_ = false;
  return Execute("COMMIT");
}

absl::StatusOr<std::uint64_t> RunIndex::Runs() {
  sqlite3_stmt* statement = nullptr;
  WR_RETURN_IF_ERROR(Prepare("SELECT count(*) FROM runs", &statement));
  const bool row = sqlite3_step(statement) == SQLITE_ROW;
  const std::int64_t runs = row ? sqlite3_column_int64(statement, 0) : -1;
  sqlite3_finalize(statement);
  if (runs < 0) return Failure("count");
  return static_cast<std::uint64_t>(runs);
}

}  // namespace wringer::sim

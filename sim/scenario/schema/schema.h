// The one table of the file format: every key with its type, bounds, default,
// meaning and an example.
//
// Parser, error messages, --set, resolved dump, JSON schema and reference page
// are all walks over it. A row is bound to a struct member by a codec
// (codecs.h); its default is what a default-constructed struct holds.
#ifndef WR_SIM_SCENARIO_SCHEMA_SCHEMA_H_
#define WR_SIM_SCENARIO_SCHEMA_SCHEMA_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

struct Table;

// How the resolved dump writes a table.
enum class TableStyle : std::uint8_t {
  kSection,  // under a [header] of its own
  kInline,   // { key = value, ... }
};

// A key that is known but has nothing behind it yet.
struct ReservedKey {
  Slice key;
  Slice what;  // "the chain replication model"
};

// Inclusive, in the base unit of the type.
struct Bounds {
  std::int64_t low = 0;
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

struct Field {
  enum class Form : std::uint8_t { kValue, kTable, kRows };

  Slice key;
  Form form = Form::kValue;
  Slice type;  // "duration", for the reference page
  Slice about;
  Slice example;  // as written after the `=`; empty: the default
  Bounds bounds;
  bool required = false;
  bool textual = false;  // a TOML string: --set need not quote it
  std::uint32_t kinds = ~std::uint32_t{0};  // rows: the kinds that take the key

  // kValue. `read` stores into `object` or reports why not; `write` gives the
  // TOML text, or nothing if the value is unset.
  void (*read)(const DocValue&, const Field&, void* object,
               Problems*) = nullptr;
  std::optional<std::string> (*write)(const void* object) = nullptr;
  std::string (*json)(const Field&) = nullptr;

  // kTable, kRows
  const Table& (*table)() = nullptr;
  // kTable: the member, made if it is optional; null from `find` if unset.
  void* (*enter)(void* object) = nullptr;
  const void* (*find)(const void* object) = nullptr;
  // kRows
  void* (*append)(void* object) = nullptr;
  std::size_t (*count)(const void* object) = nullptr;
  const void* (*row)(const void* object, std::size_t i) = nullptr;

  Field& Between(std::int64_t low, std::int64_t high) {
    bounds = {low, high};
    return *this;
  }
  Field& AtLeast(std::int64_t low) {
    bounds.low = low;
    return *this;
  }
  Field& Required() {
    required = true;
    return *this;
  }
  Field& For(std::uint32_t only) {
    kinds = only;
    return *this;
  }
};

struct Table {
  Slice about = {};
  TableStyle style = TableStyle::kSection;
  std::vector<Field> fields = {};  // in the order of the dump
  std::vector<ReservedKey> reserved = {};
  // A default-constructed object.
  const void* (*defaults)() = nullptr;
  // For rows whose keys depend on one of them: the kinds the row is of.
  std::uint32_t (*kinds_of)(const DocValue& row) = nullptr;
  std::uint32_t (*kinds_of_object)(const void* object) = nullptr;
  // Checks across the keys of one object, after all were read.
  void (*finish)(const DocValue& table, void* object, Problems*) = nullptr;

  // The row of `key` among those for `kinds`; null if there is none.
  const Field* Find(Slice key, std::uint32_t kinds = ~std::uint32_t{0}) const;
  std::vector<Slice> Keys(std::uint32_t kinds = ~std::uint32_t{0}) const;
};

// The whole file. Never changes.
const Table& ScenarioTable();

// Tables of the parts, one function each (schema_*.cc).
const Table& RunTable();
const Table& ClusterTable();
const Table& StorageTable();
const Table& WalTable();
const Table& ReplicationTable();
const Table& NetworkTable();
const Table& DiskTable();
const Table& ClocksTable();
const Table& CpuTable();
const Table& WorkloadTable();
const Table& FaultsTable();
const Table& ExpectTable();
const Table& RegressionTable();
const Table& CapsuleTable();
const Table& MatrixTable();

// The row a dotted path names ("replication.raft.election"), walking tables
// but not rows of arrays; null if there is none.
const Field* FindField(Slice path);

// Every dotted path of a value in the file, in dump order, arrays left out.
std::vector<std::string> AllPaths();

// Tables of the file that hold `key`, as "[replication.raft]", "[cluster]".
std::vector<std::string> TablesWith(Slice key);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCHEMA_SCHEMA_H_

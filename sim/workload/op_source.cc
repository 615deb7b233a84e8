#include "sim/workload/op_source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::sim {

OpSource::OpSource(const WorkloadSpec& spec, std::uint64_t seed)
    : spec_(spec),
      seed_(seed),
      keys_(spec.keys),
      weight_total_(spec.mix.get + spec.mix.put + spec.mix.del + spec.mix.cas),
      newest_(static_cast<std::size_t>(spec.keys.count)) {
  WR_CHECK(spec.clients > 0);
  if (spec.script.empty()) return;
  scripts_.resize(std::size_t{spec.clients} + 1);
  for (const ScriptedOp& op : spec.script) {
    WR_CHECK(op.client <= spec.clients);
    scripts_[op.client].push_back(op);
  }
  for (std::vector<ScriptedOp>& ops : scripts_) {
    std::stable_sort(
        ops.begin(), ops.end(),
        [](const ScriptedOp& a, const ScriptedOp& b) { return a.at < b.at; });
  }
}

bool OpSource::Has(std::uint32_t client, std::uint64_t ordinal) const {
  return scripts_.empty() || ordinal < scripts_[client].size();
}

wire::OpKind OpSource::DrawKind(RandomDraw* draw) const {
  if (weight_total_ == 0) return wire::OpKind::kGet;
  std::uint64_t point = draw->Below(weight_total_);
  if (point < spec_.mix.get) return wire::OpKind::kGet;
  point -= spec_.mix.get;
  if (point < spec_.mix.put) return wire::OpKind::kPut;
  point -= spec_.mix.put;
  return point < spec_.mix.del ? wire::OpKind::kDelete : wire::OpKind::kCas;
}

std::string OpSource::KeyName(std::uint64_t number) {
  return absl::StrCat("k", number);
}

std::string OpSource::DrawValue(OpId id, RandomDraw* draw) const {
  const auto size = static_cast<std::size_t>(
      draw->Between(static_cast<std::int64_t>(spec_.values.low),
                    static_cast<std::int64_t>(spec_.values.high)));
  return FillValue(id, size, draw);
}

std::string OpSource::FillValue(OpId id, std::size_t size, RandomDraw* draw) {
  std::string value = absl::StrCat("v", id.value(), ":");
  // A value is never shorter than the id that makes it unique.
  std::size_t at = value.size();
  value.resize(std::max(size, at));
  // Letters that do not compress to nothing: twelve from each draw.
  while (at < value.size()) {
    std::uint64_t bits = draw->Next();
    const std::size_t end = std::min(at + 12, value.size());
    for (; at < end; ++at, bits >>= 5) {
      value[at] = "abcdefghijklmnopqrstuvwxyz234567"[bits & 31];
    }
  }
  return value;
}

PlannedOp OpSource::MakeScripted(const ScriptedOp& scripted) const {
  PlannedOp op;
  op.id = OpId(scripted.id);
  op.key_number = scripted.key;
  op.key = KeyName(scripted.key);
  switch (scripted.kind) {
    case ScriptKind::kGet:
      return op;
    case ScriptKind::kDelete:
      op.kind = wire::OpKind::kDelete;
      return op;
    case ScriptKind::kPut:
      op.kind = wire::OpKind::kPut;
      break;
    case ScriptKind::kCas:
      op.kind = wire::OpKind::kCas;
      op.expected_tag = newest_[op.key_number];
      break;
  }
  RandomDraw draw(RandomKey(seed_, Purpose("workload.script")), scripted.id);
  op.value = FillValue(op.id, static_cast<std::size_t>(scripted.value), &draw);
  return op;
}

PlannedOp OpSource::Make(std::uint32_t client, std::uint64_t ordinal) const {
  if (!scripts_.empty()) {
    WR_CHECK(Has(client, ordinal));
    return MakeScripted(scripts_[client][ordinal]);
  }
  RandomDraw draw(RandomKey(seed_, Purpose("workload.op"), client), ordinal);
  PlannedOp op;
  op.id = IdOf(client, ordinal);
  op.kind = DrawKind(&draw);
  op.key_number = keys_.Pick(&draw);
  op.key = KeyName(op.key_number);
  if (op.kind == wire::OpKind::kPut || op.kind == wire::OpKind::kCas) {
    op.value = DrawValue(op.id, &draw);
  }
  if (op.kind == wire::OpKind::kCas) {
    op.expected_tag = newest_[op.key_number];
  }
  return op;
}

PlannedOp OpSource::MakePut(std::uint64_t key_number, OpId id) const {
  RandomDraw draw(RandomKey(seed_, Purpose("workload.preload")), key_number);
  PlannedOp op;
  op.id = id;
  op.kind = wire::OpKind::kPut;
  op.key_number = key_number;
  op.key = KeyName(key_number);
  op.value = DrawValue(id, &draw);
  return op;
}

PlannedOp OpSource::MakeGet(std::uint64_t key_number, OpId id) const {
  PlannedOp op;
  op.id = id;
  op.key_number = key_number;
  op.key = KeyName(key_number);
  return op;
}

Nanos OpSource::PauseBefore(std::uint32_t client, std::uint64_t ordinal,
                            Nanos elapsed) const {
  if (!scripts_.empty()) {
    WR_CHECK(Has(client, ordinal));
    return std::max<Nanos>(0, scripts_[client][ordinal].at - elapsed);
  }
  RandomDraw draw(RandomKey(seed_, Purpose("workload.pause"), client), ordinal);
  const PaceSpec& pace = spec_.pace;
  if (pace.kind == PaceSpec::Kind::kClosed) {
    return draw.Between(pace.think.low, pace.think.high);
  }
  WR_CHECK(pace.per_second > 0);
  const unsigned __int128 mean = static_cast<unsigned __int128>(spec_.clients) *
                                 std::uint64_t{kSecond} / pace.per_second;
  return draw.Exponential(static_cast<Nanos>(mean));
}

void OpSource::Saw(std::uint64_t key_number, OpId tag) {
  newest_[key_number] = tag;
}

}  // namespace wringer::sim

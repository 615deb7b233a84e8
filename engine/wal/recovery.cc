#include "engine/wal/recovery.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "engine/wal/scanner.h"
#include "engine/wal/segment.h"

namespace wringer::wal {
namespace {

// One segment file as recovery sees it.
struct Candidate {
  SegmentNumber number;
  std::uint64_t size = 0;  // of the file
  std::optional<SegmentHeader> header;
};

// Carried through one recovery; each method is one of its steps.
class Recoverer {
 public:
  Recoverer(env::FileSystem* files, Slice directory,
            std::optional<WalId> expected, RecordSink* sink)
      : files_(files), directory_(directory), sink_(sink) {
    result_.wal = expected;
  }

  absl::StatusOr<Recovered> Run();

 private:
  absl::Status LoadHeaders();
  void DiscardUnborn();
  absl::Status FindWatermark();
  absl::Status Replay(std::size_t i);
  void AfterLast(const Candidate& last, Lsn data_end, bool sealed);
  void OnHole(Lsn begin, Lsn end, DamageKind kind);
  void CutAt(std::size_t i, std::uint64_t offset);

  absl::StatusOr<std::string> ReadAll(const Candidate& c);
  // The next candidate whose header is readable, or null.
  const Candidate* NextReadable(std::size_t i) const;
  // File offset behind the last record byte of candidate i.
  std::uint64_t LimitOf(std::size_t i) const;
  static Lsn LsnAt(const Candidate& c, std::uint64_t offset) {
    return c.header->start + (offset - kSegmentHeaderBytes);
  }
  SegmentIdentity IdentityOf(const Candidate& c) const {
    return {*result_.wal, c.number};
  }

  env::FileSystem* const files_;
  const std::string directory_;
  RecordSink* const sink_;
  std::vector<Candidate> candidates_;
  Lsn cursor_;        // everything before it has been delivered or reported
  bool cut_ = false;  // the torn tail was found
  Recovered result_;
};

absl::StatusOr<Recovered> Recoverer::Run() {
  WR_RETURN_IF_ERROR(LoadHeaders());
  DiscardUnborn();
  WR_RETURN_IF_ERROR(FindWatermark());
  bool begun = false;
  for (std::size_t i = 0; i < candidates_.size() && !cut_; ++i) {
    if (!candidates_[i].header.has_value()) continue;
    if (!begun) cursor_ = result_.begin = candidates_[i].header->start;
    begun = true;
    WR_RETURN_IF_ERROR(Replay(i));
  }
  if (!begun && !candidates_.empty()) AfterLast({}, Lsn(0), false);
  if (!cut_ && cursor_ < result_.watermark) {
    OnHole(cursor_, result_.watermark, DamageKind::kMissing);
  }
  result_.end = std::max(cursor_, result_.watermark);
  return std::move(result_);
}

absl::Status Recoverer::LoadHeaders() {
  WR_ASSIGN_OR_RETURN(const auto numbers, ListSegments(files_, directory_));
  Lsn start;
  for (const SegmentNumber number : numbers) {
    result_.next_number = number.next();
    Candidate c{.number = number, .header = std::nullopt};
    WR_ASSIGN_OR_RETURN(auto file, files_->Open(SegmentPath(directory_, number),
                                                {.read_only = true}));
    c.size = file->Size();
    WR_ASSIGN_OR_RETURN(const std::string bytes,
                        ReadSalvaging(file.get(), 0, kSegmentHeaderBytes));
    c.header = DecodeSegmentHeader(bytes);
    if (c.header.has_value()) {
      if (!result_.wal.has_value()) result_.wal = c.header->wal;
      // Intact, but of another WAL, another file, or an older image.
      const bool ours = c.header->wal == *result_.wal &&
                        c.header->number == number && c.header->start >= start;
      if (!ours) c.header.reset();
    }
    if (c.header.has_value()) {
      start = c.header->start;
    } else {
      WR_MARK(kWalHeaderUnreadable);
    }
    candidates_.push_back(std::move(c));
  }
  return absl::OkStatus();
}

// A segment is used only once its header is durable. So unreadable ones at the
// end that hold no more than a header were being created when the node died.
void Recoverer::DiscardUnborn() {
  while (!candidates_.empty()) {
    const Candidate& last = candidates_.back();
    if (last.header.has_value() || last.size > kSegmentHeaderBytes) break;
    result_.remove.push_back(last.number);
    candidates_.pop_back();
  }
}

absl::Status Recoverer::FindWatermark() {
  for (const Candidate& c : candidates_) {
    if (!c.header.has_value()) continue;
    result_.watermark = std::max(result_.watermark, c.header->durable);
  }
  // Records stamp more than headers only in segments not wholly below W.
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Candidate& c = candidates_[i];
    if (!c.header.has_value()) continue;
    const Candidate* next = NextReadable(i);
    if (next != nullptr && next->header->start <= result_.watermark) continue;
    WR_ASSIGN_OR_RETURN(const std::string bytes, ReadAll(c));
    SegmentScanner scanner(IdentityOf(c), bytes, LimitOf(i));
    while (scanner.Next()) {
      if (scanner.is_gap()) continue;
      const Lsn lsn = LsnAt(c, scanner.begin());
      const std::uint32_t unsynced = scanner.record().unsynced;
      if (unsynced == kUnsyncedUnknown || unsynced > lsn.value()) continue;
      result_.watermark = std::max(result_.watermark, lsn - unsynced);
    }
  }
  return absl::OkStatus();
}

absl::Status Recoverer::Replay(std::size_t i) {
  const Candidate& c = candidates_[i];
  result_.segments.push_back({c.number, c.header->start});
  WR_ASSIGN_OR_RETURN(const std::string bytes, ReadAll(c));
  SegmentScanner scanner(IdentityOf(c), bytes, LimitOf(i));
  while (scanner.Next()) {
    const Lsn begin = LsnAt(c, scanner.begin());
    const Lsn end = LsnAt(c, scanner.end());
    if (scanner.is_gap()) {
      // Zeros up to the end of the file are room, not records.
      const Slice rest = Slice(bytes).substr(scanner.begin());
      if (scanner.end() == bytes.size() && AllZero(rest) &&
          begin >= result_.watermark && NextReadable(i) == nullptr) {
        result_.truncate = c.number;
        result_.truncate_to = scanner.begin();
        break;
      }
      OnHole(begin, end, DamageKind::kCorrupt);
      if (cut_) {
        CutAt(i, scanner.begin());
        return absl::OkStatus();
      }
      continue;
    }
    cursor_ = end;
    if (scanner.record().type != RecordType::kData) continue;
    sink_->OnRecord({c.number, scanner.begin(), scanner.record().size(), end},
                    scanner.record().payload);
  }
  const Candidate* next = NextReadable(i);
  if (next == nullptr) {
    AfterLast(c, cursor_, scanner.sealed());
  } else if (cursor_ < next->header->start) {
    const bool adjacent = next->number == c.number.next();
    OnHole(cursor_, next->header->start,
           adjacent ? DamageKind::kCorrupt : DamageKind::kMissing);
    if (cut_) CutAt(i, kSegmentHeaderBytes + (cursor_ - c.header->start));
  }
  return absl::OkStatus();
}

// What the last readable segment is followed by, if by anything.
void Recoverer::AfterLast(const Candidate& last, Lsn data_end, bool sealed) {
  std::uint64_t lost_bytes = 0;
  bool lost = sealed;
  for (const Candidate& c : candidates_) {
    if (c.number <= last.number) continue;
    lost = true;
    lost_bytes += c.size;
  }
  if (!lost) return;
  WR_MARK(kWalSegmentMissing);
  // The lost segment keeps a range of LSNs, so that the hole stays visible to
  // every later recovery; wide enough for the seal to stay within its limit.
  const Lsn end = data_end + std::max(lost_bytes, kSealBytes);
  const Damage damage{data_end, end, DamageKind::kMissing};
  result_.damage.push_back(damage);
  sink_->OnDamage(damage);
  cursor_ = end;
  result_.next_number = std::max(result_.next_number, last.number + 2);
}

// Decides what an unreadable range [begin, end) is.
void Recoverer::OnHole(Lsn begin, Lsn end, DamageKind kind) {
  const bool promised = begin < result_.watermark;
  if (!promised || WR_MUTANT(kWalStopAtCorruptMiddle)) {
    cut_ = true;
    return;
  }
  if (kind == DamageKind::kCorrupt) {
    WR_MARK(kWalDamagedMiddle);
  } else {
    WR_MARK(kWalSegmentMissing);
  }
  const Damage damage{begin, end, kind};
  result_.damage.push_back(damage);
  sink_->OnDamage(damage);
  cursor_ = end;
}

void Recoverer::CutAt(std::size_t i, std::uint64_t offset) {
  WR_MARK(kWalTornTail);
  const Candidate& c = candidates_[i];
  cursor_ = LsnAt(c, offset);
  result_.watermark = std::min(result_.watermark, cursor_);
  if (WR_MUTANT(kWalAppendAfterTornTail)) {
    // Carry on at the size of the file, garbage and all.
    cursor_ = LsnAt(c, std::max(offset, c.size));
    result_.watermark = cursor_;
    return;
  }
  result_.torn_bytes = c.size - std::min(offset, c.size);
  result_.truncate = c.number;
  result_.truncate_to = offset;
  for (std::size_t j = i + 1; j < candidates_.size(); ++j) {
    const std::uint64_t size = candidates_[j].size;
    result_.torn_bytes += size - std::min(size, kSegmentHeaderBytes);
    result_.remove.push_back(candidates_[j].number);
  }
}

absl::StatusOr<std::string> Recoverer::ReadAll(const Candidate& c) {
  WR_ASSIGN_OR_RETURN(auto file, files_->Open(SegmentPath(directory_, c.number),
                                              {.read_only = true}));
  file->Advise(env::Advice::kSequential);
  return ReadSalvaging(file.get(), 0, file->Size());
}

const Candidate* Recoverer::NextReadable(std::size_t i) const {
  for (++i; i < candidates_.size(); ++i) {
    if (candidates_[i].header.has_value()) return &candidates_[i];
  }
  return nullptr;
}

std::uint64_t Recoverer::LimitOf(std::size_t i) const {
  const Candidate* next = NextReadable(i);
  if (next == nullptr) return candidates_[i].size;
  return kSegmentHeaderBytes +
         (next->header->start - candidates_[i].header->start);
}

absl::Status Rewrite(env::FileSystem* files, const std::string& path,
                     std::uint64_t begin, std::uint64_t end) {
  WR_ASSIGN_OR_RETURN(auto file, files->Open(path, {}));
  WR_ASSIGN_OR_RETURN(const std::string bytes,
                      ReadSalvaging(file.get(), begin, end));
  if (!bytes.empty()) WR_RETURN_IF_ERROR(file->WriteAt(begin, bytes));
  return file->DataSync();
}

}  // namespace

absl::StatusOr<Recovered> RecoverWal(env::FileSystem* files, Slice directory,
                                     std::optional<WalId> expected,
                                     RecordSink* sink) {
  return Recoverer(files, directory, expected, sink).Run();
}

absl::Status RepairWal(env::FileSystem* files, Slice directory,
                       const Recovered& recovered, bool rewrite) {
  for (const SegmentNumber number : recovered.remove) {
    WR_RETURN_IF_ERROR(files->Remove(SegmentPath(directory, number)));
  }
  // Durable before a new segment may take one of these numbers.
  if (!recovered.remove.empty()) {
    WR_RETURN_IF_ERROR(files->SyncDirectory(directory));
  }
  if (recovered.truncate.has_value()) {
    const std::string path = SegmentPath(directory, *recovered.truncate);
    WR_ASSIGN_OR_RETURN(auto file, files->Open(path, {}));
    WR_RETURN_IF_ERROR(file->Truncate(recovered.truncate_to));
    WR_RETURN_IF_ERROR(file->DataSync());
  }
  if (!rewrite) return absl::OkStatus();
  for (std::size_t i = 0; i < recovered.segments.size(); ++i) {
    const RecoveredSegment& segment = recovered.segments[i];
    const bool last = i + 1 == recovered.segments.size();
    const Lsn end = last ? recovered.end : recovered.segments[i + 1].start;
    const Lsn begin = std::max(segment.start, recovered.watermark);
    if (begin >= end) continue;
    WR_RETURN_IF_ERROR(Rewrite(files, SegmentPath(directory, segment.number),
                               kSegmentHeaderBytes + (begin - segment.start),
                               kSegmentHeaderBytes + (end - segment.start)));
  }
  return absl::OkStatus();
}

}  // namespace wringer::wal

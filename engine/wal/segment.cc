#include "engine/wal/segment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/coding.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::wal {
namespace {

// Reads this much at once, and this much at a time around a bad sector.
constexpr std::uint64_t kReadBytes = 1 << 20;
constexpr std::uint64_t kSectorBytes = 512;

Slice ParentOf(Slice path) {
  const std::size_t slash = path.rfind('/');
  if (slash == Slice::npos || slash == 0) return "/";
  return path.substr(0, slash);
}

// Appends [begin, begin + n), bad sectors as zeros. Stops at end of file.
absl::Status AppendSectors(env::File* file, std::uint64_t begin,
                           std::uint64_t n, std::string* out) {
  const std::uint64_t end = std::min(begin + n, file->Size());
  std::string sector;
  while (begin < end) {
    const std::uint64_t take =
        std::min(kSectorBytes - begin % kSectorBytes, end - begin);
    const absl::Status status = file->ReadAt(begin, take, &sector);
    if (absl::IsDataLoss(status)) {
      WR_MARK(kWalUnreadableSector);
      sector.assign(take, '\0');
    } else if (!status.ok()) {
      return status;
    }
    out->append(sector);
    if (sector.size() < take) break;
    begin += take;
  }
  return absl::OkStatus();
}

}  // namespace

std::string SegmentPath(Slice directory, SegmentNumber number) {
  return absl::StrCat(directory, "/", SegmentFileName(number));
}

absl::Status MakeDirectory(env::FileSystem* files, Slice path) {
  const auto stat = files->Stat(path);
  if (absl::IsNotFound(stat.status())) {
    const absl::Status made = files->MakeDirectory(path);
    if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
    return files->SyncDirectory(ParentOf(path));
  }
  if (!stat.ok()) return stat.status();
  // An empty one may be left from a life that ended, or was refused, before it
  // was durable. Who put something in had made sure of it.
  WR_ASSIGN_OR_RETURN(const std::vector<std::string> names, files->List(path));
  if (!names.empty()) return absl::OkStatus();
  return files->SyncDirectory(ParentOf(path));
}

absl::Status MakeDirectories(env::FileSystem* files, Slice path) {
  if (path.empty() || path == "/") return absl::OkStatus();
  const auto stat = files->Stat(path);
  if (absl::IsNotFound(stat.status())) {
    WR_RETURN_IF_ERROR(MakeDirectories(files, ParentOf(path)));
  }
  return MakeDirectory(files, path);
}

absl::StatusOr<std::vector<SegmentNumber>> ListSegments(env::FileSystem* files,
                                                        Slice directory) {
  WR_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                      files->List(directory));
  std::vector<SegmentNumber> numbers;
  for (const std::string& name : names) {
    const auto number = ParseSegmentFileName(name);
    if (number.has_value()) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

absl::StatusOr<std::unique_ptr<env::File>> CreateSegment(
    env::FileSystem* files, Slice directory, const SegmentHeader& header) {
  const std::string path = SegmentPath(directory, header.number);
  WR_ASSIGN_OR_RETURN(std::unique_ptr<env::File> file,
                      files->Open(path, {.create = true, .exclusive = true}));
  WR_RETURN_IF_ERROR(file->WriteAt(0, EncodeSegmentHeader(header)));
  WR_RETURN_IF_ERROR(file->DataSync());
  // A file whose name is not durable is lost with everything synced into it
  // (google/leveldb#195).
  if (!WR_MUTANT(kWalNoDirectorySync)) {
    WR_RETURN_IF_ERROR(files->SyncDirectory(directory));
  }
  return file;
}

absl::Status SealSegment(env::File* file, const SegmentIdentity& identity,
                         std::uint64_t offset, SegmentNumber next) {
  std::string payload;
  Writer(&payload).U64(next.value());
  std::string record;
  FrameRecord(identity, {.file_offset = offset, .type = RecordType::kSeal},
              payload, Slice(), &record);
  WR_RETURN_IF_ERROR(file->WriteAt(offset, record));
  return file->DataSync();
}

absl::StatusOr<std::string> ReadSalvaging(env::File* file, std::uint64_t begin,
                                          std::uint64_t end) {
  std::string all;
  std::string piece;
  while (begin < end) {
    const std::uint64_t take = std::min(kReadBytes, end - begin);
    absl::Status status = file->ReadAt(begin, take, &piece);
    if (absl::IsDataLoss(status)) {
      piece.clear();
      status = AppendSectors(file, begin, take, &piece);
    }
    WR_RETURN_IF_ERROR(status);
    all.append(piece);
    if (piece.size() < take) break;
    begin += take;
  }
  return all;
}

}  // namespace wringer::wal

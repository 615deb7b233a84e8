#include "engine/log_store/meta_cell.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/crc32c.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::log_store {
namespace {

constexpr std::uint64_t kMetaMagic = 0x314154454d5257;  // "WRMETA1"
constexpr std::uint32_t kMetaFormatVersion = 2;
constexpr std::uint64_t kCopiesPerBank = 2;

std::uint32_t CopyCrc(std::uint32_t copy, Slice payload) {
  std::string place;
  Writer(&place).U32(copy);
  return Crc32c(payload, Crc32c(place));
}

std::string EncodeBank(std::uint64_t generation, const MetaContents& contents) {
  const auto first =
      static_cast<std::uint32_t>(generation % 2 * kCopiesPerBank);
  return EncodeMetaCopy(first, generation, contents) +
         EncodeMetaCopy(first + 1, generation, contents);
}

}  // namespace

std::string EncodeMetaCopy(std::uint32_t copy, std::uint64_t generation,
                           const MetaContents& contents) {
  WR_CHECK(copy < kMetaCopies);
  WR_CHECK(contents.meta.bytes.size() <= kMetaBytesMax);
  std::string payload;
  Writer p(&payload);
  p.U64(generation);
  p.U32(contents.incarnation.value());
  p.U64(contents.wal.value());
  p.U8(contents.forgot ? 1 : 0);
  p.U64(contents.meta.version.value());
  p.Raw(contents.meta.bytes);
  p.Flush();
  std::string bytes;
  Writer w(&bytes);
  w.U64(kMetaMagic);
  w.U32(kMetaFormatVersion);
  w.U32(static_cast<std::uint32_t>(payload.size()));
  w.U32(CopyCrc(copy, payload));
  w.Raw(payload);
  w.Flush();
  WR_CHECK(bytes.size() <= kMetaCopyBytes);
  bytes.resize(kMetaCopyBytes, '\0');
  return bytes;
}

std::optional<MetaCopy> DecodeMetaCopy(std::uint32_t copy, Slice bytes) {
  Reader r(bytes);
  const std::uint64_t magic = r.U64();
  const std::uint32_t version = r.U32();
  const std::uint32_t length = r.U32();
  const std::uint32_t crc = r.U32();
  const Slice payload = r.Raw(length);
  if (!r.ok() || magic != kMetaMagic || version != kMetaFormatVersion ||
      crc != CopyCrc(copy, payload)) {
    return std::nullopt;
  }
  Reader p(payload);
  MetaCopy out;
  out.generation = p.U64();
  out.contents.incarnation = Incarnation(p.U32());
  out.contents.wal = wal::WalId(p.U64());
  out.contents.forgot = p.U8() != 0;
  out.contents.meta.version = MetaVersion(p.U64());
  const Slice meta = p.Raw(p.remaining());
  if (!p.done()) return std::nullopt;
  out.contents.meta.bytes.assign(meta.data(), meta.size());
  return out;
}

absl::StatusOr<std::unique_ptr<MetaCell>> MetaCell::Open(env::FileSystem* files,
                                                         Slice path) {
  std::unique_ptr<MetaCell> cell(new MetaCell);
  const auto stat = files->Stat(path);
  if (absl::IsNotFound(stat.status())) {
    cell->created_ = true;
    WR_RETURN_IF_ERROR(Create(files, path));
  } else if (!stat.ok()) {
    return stat.status();
  }
  WR_ASSIGN_OR_RETURN(cell->file_, files->Open(path, {}));
  WR_RETURN_IF_ERROR(cell->Load());
  // What was read may exist in the page cache only, or only there since a sync
  // failed. The next put overwrites the other bank, so write this one anew.
  WR_RETURN_IF_ERROR(cell->WriteBank());
  return cell;
}

absl::Status MetaCell::Create(env::FileSystem* files, Slice path) {
  const std::string temporary = absl::StrCat(path, ".tmp");
  {
    WR_ASSIGN_OR_RETURN(
        auto file, files->Open(temporary, {.create = true, .truncate = true}));
    const MetaContents empty;
    WR_RETURN_IF_ERROR(
        file->WriteAt(0, EncodeBank(0, empty) + EncodeBank(1, empty)));
    WR_RETURN_IF_ERROR(file->Sync());
  }
  WR_RETURN_IF_ERROR(files->Rename(temporary, path));
  const std::size_t slash = path.rfind('/');
  return files->SyncDirectory(slash == 0 ? "/" : path.substr(0, slash));
}

absl::Status MetaCell::Load() {
  bool found = false;
  std::uint64_t intact = 0;
  for (std::uint32_t copy = 0; copy < kMetaCopies; ++copy) {
    std::string bytes;
    const absl::Status read =
        file_->ReadAt(copy * kMetaCopyBytes, kMetaCopyBytes, &bytes);
    if (absl::IsDataLoss(read)) continue;
    WR_RETURN_IF_ERROR(read);
    auto decoded = DecodeMetaCopy(copy, bytes);
    if (!decoded.has_value()) continue;
    ++intact;
    if (found && decoded->generation <= generation_) continue;
    found = true;
    generation_ = decoded->generation;
    contents_ = std::move(decoded->contents);
  }
  if (!found) return absl::DataLossError("meta cell: no copy is intact");
  if (intact < kMetaCopies) WR_MARK(kMetaSlotTorn);
  return absl::OkStatus();
}

absl::Status MetaCell::Put(const MetaContents& contents) {
  if (latched_) {
    return absl::FailedPreconditionError("meta cell: an earlier put failed");
  }
  contents_ = contents;
  ++generation_;
  return WriteBank();
}

absl::Status MetaCell::WriteBank() {
  const std::uint64_t offset =
      generation_ % 2 * kCopiesPerBank * kMetaCopyBytes;
  absl::Status done =
      file_->WriteAt(offset, EncodeBank(generation_, contents_));
  if (done.ok()) done = file_->DataSync();
  latched_ = !done.ok();
  return done;
}

}  // namespace wringer::log_store

#include "engine/storage/memory/checkpoint_file.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/crc32c.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::storage::memory {
namespace {

constexpr std::uint64_t kMagic = 0x3154504b43525757;  // "WWRCKPT1"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kBlockBytes = 64 << 10;
constexpr std::size_t kHeaderBytes = 8 + 4 + 4 * 8 + 4;
constexpr std::uint64_t kReadBytes = 1 << 20;

std::uint32_t PlacedCrc(std::uint64_t number, std::uint64_t offset,
                        Slice payload) {
  std::string place;
  Writer w(&place);
  w.U64(number);
  w.U64(offset);
  w.Flush();
  return Crc32c(payload, Crc32c(place));
}

absl::Status Damaged(std::uint64_t number, std::uint64_t offset, Slice what) {
  WR_MARK(kStorageCheckpointDamaged);
  return absl::DataLossError(absl::StrCat(CheckpointFileName(number),
                                          " at byte ", offset, ": ", what));
}

// Walks the bytes of one checkpoint, block by block.
class Parser {
 public:
  Parser(Slice bytes, std::uint64_t number) : bytes_(bytes), number_(number) {}

  absl::StatusOr<CheckpointHeader> Run(
      absl::FunctionRef<void(Slice, Slice)> put) {
    WR_ASSIGN_OR_RETURN(const CheckpointHeader header, Header());
    while (true) {
      WR_ASSIGN_OR_RETURN(const bool more, Block(put));
      if (!more) break;
    }
    WR_RETURN_IF_ERROR(Footer());
    return header;
  }

 private:
  absl::StatusOr<CheckpointHeader> Header() {
    Reader r(bytes_);
    const std::uint64_t magic = r.U64();
    const std::uint32_t version = r.U32();
    CheckpointHeader header;
    header.number = r.U64();
    header.generation = r.U64();
    header.sequence = SequenceNumber(r.U64());
    header.wal = wal::WalId(r.U64());
    const std::uint32_t crc = r.U32();
    if (!r.ok() || crc != Crc32c(bytes_.substr(0, kHeaderBytes - 4))) {
      return Damaged(number_, 0, "header checksum");
    }
    if (magic != kMagic || version != kVersion) {
      return Damaged(number_, 0, "not a checkpoint of this format");
    }
    if (header.number != number_) return Damaged(number_, 0, "misplaced file");
    offset_ = kHeaderBytes;
    return header;
  }

  // False at the footer.
  absl::StatusOr<bool> Block(absl::FunctionRef<void(Slice, Slice)> put) {
    Reader r(bytes_.substr(offset_));
    const std::uint32_t length = r.U32();
    if (!r.ok()) return Damaged(number_, offset_, "cut short");
    if (length == 0) return false;
    const std::uint32_t crc = r.U32();
    const Slice payload = r.Raw(length);
    if (!r.ok()) return Damaged(number_, offset_, "cut short");
    if (crc != PlacedCrc(number_, offset_, payload)) {
      return Damaged(number_, offset_, "block checksum");
    }
    Reader p(payload);
    while (p.ok() && p.remaining() > 0) {
      const Slice key = p.Bytes();
      const Slice value = p.Bytes();
      if (!p.ok() || (keys_ > 0 && key <= last_key_)) break;
      last_key_ = key;
      ++keys_;
      put(key, value);
    }
    if (!p.done()) return Damaged(number_, offset_, "malformed block");
    ++blocks_;
    offset_ += 8 + length;
    return true;
  }

  absl::Status Footer() {
    Reader r(bytes_.substr(offset_ + 4));
    const Slice counts = bytes_.substr(offset_ + 4).substr(0, 16);
    const std::uint64_t keys = r.U64();
    const std::uint64_t blocks = r.U64();
    const std::uint32_t crc = r.U32();
    const std::uint64_t magic = r.U64();
    if (!r.done() || magic != kMagic || keys != keys_ || blocks != blocks_ ||
        crc != PlacedCrc(number_, offset_, counts)) {
      return Damaged(number_, offset_, "footer");
    }
    return absl::OkStatus();
  }

  const Slice bytes_;
  const std::uint64_t number_;
  std::uint64_t offset_ = 0;
  std::uint64_t keys_ = 0;
  std::uint64_t blocks_ = 0;
  Slice last_key_;
};

}  // namespace

std::string CheckpointFileName(std::uint64_t number) {
  return absl::StrFormat("checkpoint-%08d", number);
}

std::optional<std::uint64_t> ParseCheckpointFileName(Slice name) {
  constexpr Slice kPrefix = "checkpoint-";
  std::uint64_t number = 0;
  if (!absl::StartsWith(name, kPrefix) ||
      !absl::SimpleAtoi(name.substr(kPrefix.size()), &number) ||
      CheckpointFileName(number) != name) {
    return std::nullopt;
  }
  return number;
}

absl::StatusOr<std::unique_ptr<CheckpointWriter>> CheckpointWriter::Start(
    std::unique_ptr<env::File> file, const CheckpointHeader& header) {
  std::unique_ptr<CheckpointWriter> writer(new CheckpointWriter);
  writer->file_ = std::move(file);
  writer->number_ = header.number;
  std::string bytes;
  Writer w(&bytes);
  w.U64(kMagic);
  w.U32(kVersion);
  w.U64(header.number);
  w.U64(header.generation);
  w.U64(header.sequence.value());
  w.U64(header.wal.value());
  w.Flush();
  w.U32(Crc32c(bytes));
  w.Flush();
  WR_CHECK(bytes.size() == kHeaderBytes);
  WR_RETURN_IF_ERROR(writer->Write(bytes));
  return writer;
}

absl::Status CheckpointWriter::Add(Slice key, Slice value) {
  Writer w(&block_);
  w.Bytes(key);
  w.Bytes(value);
  w.Flush();
  ++keys_;
  return block_.size() >= kBlockBytes ? FlushBlock() : absl::OkStatus();
}

absl::Status CheckpointWriter::FlushBlock() {
  if (block_.empty()) return absl::OkStatus();
  std::string bytes;
  Writer w(&bytes);
  w.U32(static_cast<std::uint32_t>(block_.size()));
  w.U32(PlacedCrc(number_, offset_, block_));
  w.Raw(block_);
  w.Flush();
  block_.clear();
  ++blocks_;
  return Write(bytes);
}

absl::Status CheckpointWriter::Finish() {
  WR_RETURN_IF_ERROR(FlushBlock());
  std::string counts;
  Writer c(&counts);
  c.U64(keys_);
  c.U64(blocks_);
  c.Flush();
  std::string bytes;
  Writer w(&bytes);
  w.U32(0);
  w.Raw(counts);
  w.U32(PlacedCrc(number_, offset_, counts));
  w.U64(kMagic);
  w.Flush();
  WR_RETURN_IF_ERROR(Write(bytes));
  return file_->Sync();
}

absl::Status CheckpointWriter::Write(Slice bytes) {
  WR_RETURN_IF_ERROR(file_->WriteAt(offset_, bytes));
  offset_ += bytes.size();
  return absl::OkStatus();
}

absl::StatusOr<CheckpointHeader> ParseCheckpoint(
    Slice bytes, std::uint64_t number,
    absl::FunctionRef<void(Slice key, Slice value)> put) {
  return Parser(bytes, number).Run(put);
}

absl::StatusOr<CheckpointHeader> ReadCheckpoint(
    env::FileSystem* files, Slice path, std::uint64_t number,
    absl::FunctionRef<void(Slice key, Slice value)> put) {
  WR_ASSIGN_OR_RETURN(auto file, files->Open(path, {.read_only = true}));
  file->Advise(env::Advice::kSequential);
  std::string bytes;
  std::string piece;
  do {
    WR_RETURN_IF_ERROR(file->ReadAt(bytes.size(), kReadBytes, &piece));
    bytes += piece;
  } while (piece.size() == kReadBytes);
  return ParseCheckpoint(bytes, number, put);
}

}  // namespace wringer::storage::memory

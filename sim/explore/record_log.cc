#include "sim/explore/record_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

absl::Status Failure(Slice what, Slice path) {
  return absl::UnavailableError(
      absl::StrCat(what, " \"", path, "\": ", std::strerror(errno)));
}

bool WriteAll(int fd, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

// A former writer's torn line becomes a line of its own.
bool EndTornLine(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return false;
  if (info.st_size == 0) return true;
  char last = 0;
  if (::pread(fd, &last, 1, info.st_size - 1) != 1) return false;
  return last == '\n' || WriteAll(fd, "\n");
}

}  // namespace

absl::StatusOr<RecordWriter> RecordWriter::Open(const std::string& path) {
  const int fd =
      ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return Failure("cannot open", path);
  RecordWriter writer(fd);
  if (!EndTornLine(fd)) return Failure("cannot append to", path);
  return writer;
}

RecordWriter::RecordWriter(RecordWriter&& other) noexcept : fd_(other.fd_) {
  other.fd_ = -1;
}

RecordWriter::~RecordWriter() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status RecordWriter::Append(const RunRecord& record) {
  if (!WriteAll(fd_, EncodeRecord(record) + "\n")) {
    return Failure("cannot append a record to", "the shard");
  }
  return absl::OkStatus();
}

absl::StatusOr<LogScan> ReadRecords(
    const std::string& path,
    const std::function<void(const RunRecord&)>& visit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("no shard ", path));
  LogScan scan;
  std::string line;
  while (std::getline(file, line)) {
    const absl::StatusOr<RunRecord> record = DecodeRecord(line);
    if (!record.ok()) {
      ++scan.torn;
      continue;
    }
    ++scan.records;
    visit(*record);
  }
  if (file.bad()) return absl::UnavailableError(absl::StrCat("reading ", path));
  return scan;
}

}  // namespace wringer::sim

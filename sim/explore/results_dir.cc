#include "sim/explore/results_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace wringer::sim {
namespace {

namespace fs = std::filesystem;

// A campaign that was killed leaves workers that die within moments.
constexpr int kLockTries = 30;
constexpr timespec kLockPause = {0, 100'000'000};

std::string DateTime() {
  const time_t now = ::time(nullptr);
  tm parts{};
  ::localtime_r(&now, &parts);
  char text[32];
  ::strftime(text, sizeof(text), "%Y-%m-%d-%H%M%S", &parts);
  return text;
}

// "2026-11-22-071502-...": what MakeDatedFolder makes.
constexpr Slice kDateShape = "0000-00-00-000000-";

bool IsDated(const std::string& name) {
  if (name.size() <= kDateShape.size()) return false;
  for (std::size_t i = 0; i < kDateShape.size(); ++i) {
    const bool fits = kDateShape[i] == '0' ? std::isdigit(name[i]) != 0
                                           : name[i] == kDateShape[i];
    if (!fits) return false;
  }
  return true;
}

// Whole at any moment: readers see the old link or the new one.
absl::Status PointLatest(const fs::path& root, const std::string& name) {
  std::error_code error;
  const fs::path fresh = root / absl::StrCat(".latest.", ::getpid());
  fs::remove(fresh, error);
  fs::create_symlink(name, fresh, error);
  if (!error) fs::rename(fresh, root / "latest", error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot make \"", (root / "latest").string(), "\" point to ",
                   name, ": ", error.message()));
}

// Nobody works in it.
bool IsIdle(const std::string& path) {
  const int fd = ::open((path + "/.lock").c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return true;
  const bool idle = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  ::close(fd);
  return idle;
}

}  // namespace

absl::StatusOr<std::string> MakeDatedFolder(const std::string& root,
                                            Slice label) {
  std::error_code error;
  fs::create_directories(root, error);
  std::string stem = absl::StrCat(DateTime(), "-", label);
  std::replace_if(
      stem.begin(), stem.end(), [](char c) { return c == '/' || c == '+'; },
      '-');
  // Two may begin in one second.
  for (int i = 1; i <= 100; ++i) {
    const std::string name = i == 1 ? stem : absl::StrCat(stem, "-", i);
    const fs::path path = fs::path(root) / name;
    if (fs::create_directory(path, error)) {
      WR_RETURN_IF_ERROR(PointLatest(root, name));
      return path.string();
    }
    if (error) break;
  }
  return absl::UnavailableError(absl::StrCat(
      "cannot make a directory below \"", root,
      "\": ", error ? error.message() : "too many of this second"));
}

absl::StatusOr<ResultsDir> ResultsDir::Create(const std::string& root,
                                              Slice label) {
  WR_ASSIGN_OR_RETURN(std::string path, MakeDatedFolder(root, label));
  std::error_code error;
  fs::create_directory(fs::path(path) / "shards", error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make \"", path, "/shards\": ", error.message()));
  }
  ResultsDir dir(std::move(path));
  WR_RETURN_IF_ERROR(dir.Lock());
  return dir;
}

absl::StatusOr<ResultsDir> ResultsDir::Open(const std::string& path) {
  std::error_code error;
  const fs::path real =
      fs::is_symlink(path, error)
          ? fs::path(path).parent_path() / fs::read_symlink(path, error)
          : fs::path(path);
  if (!fs::is_directory(real / "shards", error)) {
    return absl::NotFoundError(
        absl::StrCat("\"", path, "\" holds no results of a sweep"));
  }
  ResultsDir dir(real.string());
  WR_RETURN_IF_ERROR(dir.Lock());
  return dir;
}

absl::Status ResultsDir::Lock() {
  lock_fd_ = ::open(File(".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_fd_ < 0) {
    return absl::UnavailableError(absl::StrCat("cannot write in \"", path_,
                                               "\": ", std::strerror(errno)));
  }
  for (int i = 0; i < kLockTries; ++i) {
    if (::flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
    ::nanosleep(&kLockPause, nullptr);
  }
  return absl::FailedPreconditionError(
      absl::StrCat("a sweep is still at work in \"", path_, "\""));
}

ResultsDir::ResultsDir(ResultsDir&& other) noexcept
    : path_(std::move(other.path_)), lock_fd_(other.lock_fd_) {
  other.lock_fd_ = -1;
}

ResultsDir::~ResultsDir() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

std::string ResultsDir::File(Slice name) const {
  return absl::StrCat(path_, "/", name);
}

std::string ResultsDir::ShardPath(int worker) const {
  return worker < 0 ? File("shards/collector.jsonl")
                    : File(absl::StrCat("shards/", worker, ".jsonl"));
}

std::vector<std::string> ResultsDir::Shards() const {
  std::vector<std::string> shards;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(File("shards"), error)) {
    if (entry.path().extension() == ".jsonl") {
      shards.push_back(entry.path().string());
    }
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

std::vector<std::string> ListResults(const std::string& root) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root, error)) {
    if (!entry.is_symlink() && entry.is_directory() &&
        IsDated(entry.path().filename().string())) {
      found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  return found;
}

std::size_t PruneResults(const std::string& root, Slice command,
                         std::size_t keep) {
  std::error_code error;
  const fs::path latest = fs::read_symlink(fs::path(root) / "latest", error);
  std::size_t seen = 0;
  std::size_t gone = 0;
  for (const std::string& path : ListResults(root)) {
    const std::string name = fs::path(path).filename().string();
    const Slice label = Slice(name).substr(kDateShape.size());
    if (!absl::StartsWith(label, absl::StrCat(command, "-"))) continue;
    if (++seen <= keep || name == latest || !IsIdle(path)) continue;
    fs::remove_all(path, error);
    if (!error) ++gone;
  }
  return gone;
}

}  // namespace wringer::sim

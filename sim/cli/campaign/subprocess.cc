#include "sim/cli/campaign/subprocess.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace wringer::cli {
namespace {

[[noreturn]] void Become(const Subprocess& program, int out) {
  if (!program.folder.empty() && ::chdir(program.folder.c_str()) != 0) {
    ::_exit(127);
  }
  if (out >= 0) ::dup2(out, STDOUT_FILENO);
  std::vector<char*> argv;
  for (const std::string& word : program.words) {
    argv.push_back(const_cast<char*>(word.c_str()));
  }
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

std::string ReadToEnd(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace

Ended RunProgram(const Subprocess& program) {
  Ended ended;
  int ends[2] = {-1, -1};
  if (program.capture && ::pipe2(ends, O_CLOEXEC) != 0) return ended;
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) Become(program, ends[1]);
  if (program.capture) {
    ::close(ends[1]);
    ended.out = ReadToEnd(ends[0]);
    ::close(ends[0]);
  }
  if (pid < 0) return ended;
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

int Cores() {
  return static_cast<int>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

std::string FirstLineOf(const std::vector<std::string>& words) {
  const Ended ended =
      RunProgram({.words = words, .folder = "", .capture = true});
  return ended.ok() ? ended.out.substr(0, ended.out.find('\n')) : "";
}

}  // namespace wringer::cli

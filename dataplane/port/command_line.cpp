#include "dataplane/port/command_line.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace dataplane {
namespace {

struct Pipe {
  Pipe() { ok = ::pipe2(ends.data(), O_CLOEXEC) == 0; }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends)
      if (end >= 0) ::close(end);
  }
  void close_writer() { ::close(std::exchange(ends[1], -1)); }
  std::string drain() {
    std::string text;
    std::array<char, 4096> buffer;
    for (;;) {
      const auto size = ::read(ends[0], buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  std::array<int, 2> ends{-1, -1};
  bool ok{false};
};

}  // namespace

base::Result<std::string> run_program(const std::vector<std::string>& arguments) {
  Pipe output, errors;
  if (!output.ok || !errors.ok) return base::Error{std::string{"no pipe: "} + std::strerror(errno)};
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* const environment[] = {path.data(), nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environment);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return base::Error{arguments[0] + ": " + std::strerror(failure)};

  output.close_writer();
  errors.close_writer();
  // Errors are few lines, which the pipe holds, so that one can be read after the other.
  auto text = output.drain();
  auto complaint = errors.drain();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  while (!complaint.empty() && complaint.back() == '\n') complaint.pop_back();
  return base::Error{arguments[0] + ": " + complaint};
}

}  // namespace dataplane

#include "tests/dataplane/lab.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "mediad/base/native_address.h"

namespace dataplane {
namespace {

base::NativeAddress native(const char* text) {
  return base::to_native(*base::SocketAddress::parse(text));
}

}  // namespace

bool enter_lab() {
  static const bool entered = ::unshare(CLONE_NEWNET) == 0 && try_run("ip link set lo up");
  return entered;
}

bool try_run(const std::string& command) {
  return std::system((command + " 2>/dev/null").c_str()) == 0;  // NOLINT(concurrency-mt-unsafe)
}

void run(const std::string& command) {
  EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(concurrency-mt-unsafe)
}

Peer::Peer() : next_(std::make_unique<std::promise<std::function<void()>>>()) {
  std::promise<int> ready;
  thread_ = std::thread{[this, &ready, next = next_->get_future()]() mutable {
    EXPECT_EQ(::unshare(CLONE_NEWNET), 0);
    ready.set_value(::gettid());
    while (auto work = next.get()) {
      work();
      next_ = std::make_unique<std::promise<std::function<void()>>>();
      next = next_->get_future();
      done_.set_value();
    }
  }};
  thread_id_ = ready.get_future().get();
  in([] { run("ip link set lo up"); });
}

Peer::~Peer() {
  next_->set_value({});
  thread_.join();
}

void Peer::in(const std::function<void()>& work) {
  done_ = {};
  auto done = done_.get_future();
  next_->set_value(work);
  done.get();
}

void connect(const std::string& name, Peer& peer) {
  run("ip link add " + name + " type veth peer name " + name + "p");
  run("ip link set " + name + "p netns " + peer.id());
  run("ip link set " + name + " up");
  peer.in([&] {
    run("ip addr add 192.0.2.1/24 dev " + name + "p");
    run("ip -6 addr add 2001:db8::1/64 dev " + name + "p nodad");
    run("ip link set " + name + "p up");
  });
}

UdpSocket::UdpSocket(const char* local) {
  const auto address = native(local);
  descriptor_ = ::socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(descriptor_, address.get(), address.size), 0) << local << std::strerror(errno);
  const timeval limit{2, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

UdpSocket::~UdpSocket() {
  ::close(descriptor_);
}

void UdpSocket::connect_to(const char* remote) {
  const auto address = native(remote);
  EXPECT_EQ(::connect(descriptor_, address.get(), address.size), 0);
}

bool UdpSocket::send(const std::string& text) {
  return ::send(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

void UdpSocket::send_to(const char* remote, const std::string& text) {
  const auto address = native(remote);
  EXPECT_EQ(::sendto(descriptor_, text.data(), text.size(), 0, address.get(), address.size),
            static_cast<ssize_t>(text.size()))
      << std::strerror(errno);
}

std::string UdpSocket::receive() {
  std::array<char, 4096> buffer;
  const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (size < 0) return errno == ECONNREFUSED ? "refused" : "";
  return {buffer.data(), static_cast<std::size_t>(size)};
}

int UdpSocket::drain() {
  std::array<char, 4096> buffer;
  int count = 0;
  while (::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT) >= 0) ++count;
  return count;
}

}  // namespace dataplane

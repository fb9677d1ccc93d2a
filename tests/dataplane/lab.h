#pragma once
/// \file
/// A network of our own for tests: the test process in one namespace, a peer in another, a veth pair between
/// them. All of it is gone when the process is.

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "mediad/base/ip_address.h"

namespace dataplane {

/// Moves this process into a fresh network namespace, once, before anything else; false without the rights
/// to.
[[nodiscard]] bool enter_lab();

/// Runs a command line through the shell, in the calling thread's namespace; a failure fails the test.
void run(const std::string& command);
/// The same for what may fail.
[[nodiscard]] bool try_run(const std::string& command);

/// A thread in a network namespace of its own.
class Peer {
 public:
  Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  /// Runs `work` there and waits for it.
  void in(const std::function<void()>& work);
  /// For `ip link set X netns`.
  [[nodiscard]] std::string id() const { return std::to_string(thread_id_); }

 private:
  int thread_id_{0};
  std::unique_ptr<std::promise<std::function<void()>>> next_;
  std::promise<void> done_;
  std::thread thread_;
};

/// A veth pair `name` (here) and `name`p (at the peer), both up, with checksum offload as the kernel has it.
/// The peer end has 192.0.2.1/24 and 2001:db8::1/64; this end nothing.
void connect(const std::string& name, Peer& peer);

/// A UDP socket of the kernel, in the namespace of the thread that makes it. Times out after two seconds.
class UdpSocket {
 public:
  explicit UdpSocket(const char* local);
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  void connect_to(const char* remote);
  /// False: refused by what the kernel has heard of the destination.
  bool send(const std::string& text);
  void send_to(const char* remote, const std::string& text);
  /// "" on time-out, "refused" after an ICMP port unreachable.
  [[nodiscard]] std::string receive();
  /// What is there now: the number of datagrams.
  [[nodiscard]] int drain();

 private:
  int descriptor_;
};

}  // namespace dataplane

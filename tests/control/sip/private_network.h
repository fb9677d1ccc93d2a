#pragma once
/// \file
/// A network namespace for one test program, with a loopback of its own.

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

/// Moves the process into a fresh network namespace and brings lo up; false where that is not allowed. Call
/// it once, before any thread or socket.
inline bool enter_private_network() {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  bool up = ioctl(socket, SIOCGIFFLAGS, &request) == 0;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  up = up && ioctl(socket, SIOCSIFFLAGS, &request) == 0;
  close(socket);
  return up;
}

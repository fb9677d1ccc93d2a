#include "dataplane/net/kernel_routes.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace dataplane {
namespace {

using Buffer = std::array<char, 8192>;

struct Request {
  Buffer buffer{};
  nlmsghdr* header{nullptr};

  template <typename Body>
  Body* start(std::uint16_t type, std::uint16_t flags) {
    header = mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    return static_cast<Body*>(mnl_nlmsg_put_extra_header(header, sizeof(Body)));
  }
  void put(std::uint16_t attribute, const base::IpAddress& ip) {
    mnl_attr_put(header, attribute, ip.size(), ip.octets.data());
  }
};

std::uint8_t family_of(const base::IpAddress& ip) {
  return ip.is_v4() ? AF_INET : AF_INET6;
}

std::optional<base::IpAddress> load_ip(std::uint8_t family, const nlattr* attribute) {
  base::IpAddress ip{family == AF_INET ? base::IpFamily::kV4 : base::IpFamily::kV6, {}};
  if (mnl_attr_get_payload_len(attribute) != ip.size()) return std::nullopt;
  std::memcpy(ip.octets.data(), mnl_attr_get_payload(attribute), ip.size());
  return ip;
}

// An IPv4 route through an IPv6 gateway (RFC 8950): family, then the address.
std::optional<base::IpAddress> load_via(const nlattr* attribute) {
  if (mnl_attr_get_payload_len(attribute) != sizeof(rtvia) + 16) return std::nullopt;
  const auto* via = static_cast<const rtvia*>(mnl_attr_get_payload(attribute));
  base::IpAddress ip{base::IpFamily::kV6, {}};
  std::memcpy(ip.octets.data(), via->rtvia_addr, 16);
  return ip;
}

template <typename Visit>
void for_each_attribute(const nlmsghdr* header, std::size_t body, Visit visit) {
  const auto* attribute = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(header, body));
  const auto* tail = static_cast<const char*>(mnl_nlmsg_get_payload_tail(header));
  while (mnl_attr_ok(attribute, static_cast<int>(tail - reinterpret_cast<const char*>(attribute)))) {
    visit(attribute);
    attribute = mnl_attr_next(attribute);
  }
}

std::optional<KernelRoute> read_route(const nlmsghdr* header, const base::IpAddress& destination) {
  const auto* route = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(header));
  if (route->rtm_type != RTN_UNICAST && route->rtm_type != RTN_LOCAL) return std::nullopt;
  KernelRoute found{0, destination, route->rtm_type == RTN_LOCAL};
  for_each_attribute(header, sizeof(rtmsg), [&](const nlattr* attribute) {
    std::optional<base::IpAddress> gateway;
    if (mnl_attr_get_type(attribute) == RTA_OIF)
      found.interface = static_cast<int>(mnl_attr_get_u32(attribute));
    if (mnl_attr_get_type(attribute) == RTA_GATEWAY) gateway = load_ip(route->rtm_family, attribute);
    if (mnl_attr_get_type(attribute) == RTA_VIA) gateway = load_via(attribute);
    if (gateway) found.next_hop = *gateway;
  });
  return found;
}

std::optional<KernelNeighbour> read_neighbour(const nlmsghdr* header) {
  const auto* entry = static_cast<const ndmsg*>(mnl_nlmsg_get_payload(header));
  if (entry->ndm_family != AF_INET && entry->ndm_family != AF_INET6) return std::nullopt;
  KernelNeighbour found;
  found.interface = entry->ndm_ifindex;
  bool has_mac = false, has_ip = false;
  for_each_attribute(header, sizeof(ndmsg), [&](const nlattr* attribute) {
    if (mnl_attr_get_type(attribute) == NDA_DST) {
      const auto ip = load_ip(entry->ndm_family, attribute);
      has_ip = ip.has_value();
      found.ip = ip.value_or(found.ip);
    }
    if (mnl_attr_get_type(attribute) == NDA_LLADDR &&
        mnl_attr_get_payload_len(attribute) == found.mac.size()) {
      std::memcpy(found.mac.data(), mnl_attr_get_payload(attribute), found.mac.size());
      has_mac = true;
    }
  });
  // A stale address is one that worked; our traffic bypasses the kernel, so it sees no proof that it still
  // does.
  constexpr std::uint16_t kUsable =
      NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
  if (header->nlmsg_type == RTM_NEWNEIGH && has_mac && (entry->ndm_state & kUsable) != 0)
    found.state = KernelNeighbour::State::kReachable;
  else if ((entry->ndm_state & NUD_FAILED) != 0)
    found.state = KernelNeighbour::State::kFailed;
  return has_ip ? std::optional{found} : std::nullopt;
}

// Sends and returns the kernel's one answer; nullptr if it is an error or there is none.
const nlmsghdr* ask(mnl_socket* socket, Request& request, std::uint32_t sequence) {
  request.header->nlmsg_seq = sequence;
  if (mnl_socket_sendto(socket, request.header, request.header->nlmsg_len) < 0) return nullptr;
  for (;;) {
    const auto size = mnl_socket_recvfrom(socket, request.buffer.data(), request.buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return nullptr;
    const auto* header = reinterpret_cast<const nlmsghdr*>(request.buffer.data());
    if (!mnl_nlmsg_ok(header, static_cast<int>(size)) || header->nlmsg_seq != sequence) continue;
    return header->nlmsg_type == NLMSG_ERROR ? nullptr : header;
  }
}

}  // namespace

void KernelRoutes::Close::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

base::Result<KernelRoutes> KernelRoutes::open() {
  Socket queries{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)};
  Socket events{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  const unsigned groups = RTMGRP_NEIGH | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (!queries || !events || mnl_socket_bind(queries.get(), 0, MNL_SOCKET_AUTOPID) < 0 ||
      mnl_socket_bind(events.get(), groups, MNL_SOCKET_AUTOPID) < 0)
    return base::Error{std::string{"no netlink socket: "} + std::strerror(errno)};
  return KernelRoutes{std::move(queries), std::move(events)};
}

std::optional<KernelRoute> KernelRoutes::route_to(const base::IpAddress& destination) {
  Request request;
  auto* body = request.start<rtmsg>(RTM_GETROUTE, 0);
  body->rtm_family = family_of(destination);
  body->rtm_dst_len = static_cast<std::uint8_t>(destination.size() * 8);
  request.put(RTA_DST, destination);
  const auto* answer = ask(queries_.get(), request, ++sequence_);
  return answer != nullptr ? read_route(answer, destination) : std::nullopt;
}

KernelNeighbour KernelRoutes::neighbour(int interface, const base::IpAddress& ip) {
  Request request;
  auto* body = request.start<ndmsg>(RTM_GETNEIGH, 0);
  body->ndm_family = family_of(ip);
  body->ndm_ifindex = interface;
  request.put(NDA_DST, ip);
  const auto* answer = ask(queries_.get(), request, ++sequence_);
  const auto found = answer != nullptr ? read_neighbour(answer) : std::nullopt;
  return found ? *found : KernelNeighbour{interface, ip, KernelNeighbour::State::kUnknown, {}};
}

void KernelRoutes::resolve(int interface, const base::IpAddress& ip) {
  Request request;
  auto* body = request.start<ndmsg>(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE | NLM_F_ACK);
  body->ndm_family = family_of(ip);
  body->ndm_ifindex = interface;
  body->ndm_flags = NTF_USE;  // "a packet wants to go there": starts ARP or ND, or probes a stale entry
  request.put(NDA_DST, ip);
  (void)ask(queries_.get(), request,
            ++sequence_);  // its acknowledgement looks like an error; the news will tell
}

KernelNews KernelRoutes::news() {
  KernelNews news;
  Buffer buffer;
  for (;;) {
    const auto size = mnl_socket_recvfrom(events_.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {
      news.routes = true;
      continue;
    }
    if (size <= 0) return news;
    int left = static_cast<int>(size);
    for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data()); mnl_nlmsg_ok(header, left);
         header = mnl_nlmsg_next(header, &left)) {
      if (header->nlmsg_type == RTM_NEWROUTE || header->nlmsg_type == RTM_DELROUTE) news.routes = true;
      if (header->nlmsg_type != RTM_NEWNEIGH && header->nlmsg_type != RTM_DELNEIGH) continue;
      if (const auto neighbour = read_neighbour(header)) news.neighbours.push_back(*neighbour);
    }
  }
}

}  // namespace dataplane

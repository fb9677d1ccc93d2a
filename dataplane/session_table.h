#pragma once
/// \file
/// Where a datagram belongs: the session endpoint behind a local address and UDP port.

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "dataplane/api/session_plan.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

class Session;
struct Endpoint;

/// An endpoint, and which of its two ports was asked for. One word.
class PortOwner {
 public:
  PortOwner() = default;
  PortOwner(Endpoint* endpoint, bool rtcp)
      : word_(reinterpret_cast<std::uintptr_t>(endpoint) | (rtcp ? 1U : 0U)) {}

  explicit operator bool() const { return word_ != 0; }
  [[nodiscard]] Endpoint* endpoint() const { return reinterpret_cast<Endpoint*>(word_ & ~std::uintptr_t{1}); }
  [[nodiscard]] bool rtcp() const { return (word_ & 1) != 0; }

 private:
  std::uintptr_t word_{0};
};

/// One worker's ports and sessions. find() is two loads; nothing allocates after construction.
class SessionTable {
 public:
  /// `local`: every local address of the dataplane; their order gives the address indices.
  explicit SessionTable(std::span<const base::IpAddress> local);

  [[nodiscard]] PortOwner find(std::size_t address, std::uint16_t port) const { return place(address, port); }
  /// Where find() looks, to be fetched ahead.
  [[nodiscard]] const PortOwner& place(std::size_t address, std::uint16_t port) const {
    return ports_[address][port];
  }
  [[nodiscard]] Session* find(SessionId id) const;

  /// Index of a local address; kNone if it is not ours.
  static constexpr std::size_t kNone = ~std::size_t{0};
  [[nodiscard]] std::size_t index_of(const base::IpAddress& address) const {
    const Key key{address};
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i].high == key.high && keys_[i].low == key.low && keys_[i].family == key.family) return i;
    }
    return kNone;
  }

  /// Takes a session in under its id and all its ports. False, and nothing has changed, if an address is not
  /// local or a port or the id is taken.
  [[nodiscard]] bool add(Session& session);
  void remove(Session& session);
  /// Some session, or nullptr; for the worker's end.
  [[nodiscard]] Session* any() const;
  [[nodiscard]] std::size_t size() const { return size_; }

  /// The ports alone, around a change of plan: unbind the old endpoints, bind the new ones.
  [[nodiscard]] bool bind(Session& session);
  void unbind(Session& session);

 private:
  using Ports = std::array<PortOwner, 65536>;
  static constexpr std::size_t kBuckets =
      16384;  // two port pairs a session: one address holds no more than this

  /// Control numbers sessions one by one, so their low bits spread evenly.
  [[nodiscard]] static std::size_t bucket_of(SessionId id) { return id.value % kBuckets; }

  /// An address in three words: compared for every packet.
  struct Key {
    explicit Key(const base::IpAddress& address) : family(address.family) {
      std::memcpy(&high, address.octets.data(), sizeof high);
      std::memcpy(&low, address.octets.data() + sizeof high, sizeof low);
    }
    std::uint64_t high{0}, low{0};
    base::IpFamily family;
  };

  std::vector<Key> keys_;
  std::vector<std::unique_ptr<Ports>> storage_;
  std::vector<PortOwner*> ports_;
  std::unique_ptr<std::array<Session*, kBuckets>> buckets_;  // chained through Session::next_in_bucket
  std::size_t size_{0};
};

}  // namespace dataplane

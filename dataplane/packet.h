#pragma once
/// \file
/// One packet buffer and its owner. A received Packet holds a whole Ethernet frame; the worker narrows it to
/// the UDP payload once the headers are parsed, and prepends new headers in the room that they left.

#include <rte_mbuf.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "mediad/base/byte_io.h"

namespace dataplane {

/// What the hardware found about the UDP or TCP checksum of a received frame.
enum class ChecksumVerdict : std::uint8_t { kUnknown, kGood, kBad };

/// Owns one DPDK mbuf (one segment; ports are set up without scatter) and gives it back to its pool when
/// destroyed. The size of a pointer, move-only; may be empty. Belongs to one worker at a time, no allocation
/// anywhere. Lengths are in octets.
class Packet {
 public:
  Packet() = default;
  explicit Packet(rte_mbuf* mbuf) : mbuf_(mbuf) {}
  Packet(Packet&& other) noexcept : mbuf_(std::exchange(other.mbuf_, nullptr)) {}
  Packet& operator=(Packet&& other) noexcept {
    if (this != &other) {
      reset();
      mbuf_ = std::exchange(other.mbuf_, nullptr);
    }
    return *this;
  }
  Packet(const Packet&) = delete;
  Packet& operator=(const Packet&) = delete;
  ~Packet() { reset(); }

  explicit operator bool() const { return mbuf_ != nullptr; }

  /// Gives the buffer back to its pool now. Most are empty when asked: a relayed packet has left by then.
  void reset() {
    if (mbuf_ != nullptr) [[unlikely]]
      give_back();
  }

  /// Everything between front and back: the frame, or what narrow() has left of it.
  [[nodiscard]] base::MutableOctets octets() { return {front(), size()}; }
  [[nodiscard]] base::Octets octets() const { return {front(), size()}; }
  [[nodiscard]] std::size_t size() const { return mbuf_->data_len; }
  [[nodiscard]] std::size_t headroom() const { return mbuf_->data_off; }
  [[nodiscard]] std::size_t tailroom() const { return rte_pktmbuf_tailroom(mbuf_); }

  /// Keeps `size` octets from `offset` on; both must lie inside octets(). What was before becomes headroom.
  void narrow(std::size_t offset, std::size_t size) {
    mbuf_->data_off = static_cast<std::uint16_t>(mbuf_->data_off + offset);
    set_size(size);
  }

  /// Puts `size` octets, of undefined content, in front; nullptr and no change if the headroom is too small.
  [[nodiscard]] std::byte* prepend(std::size_t size) {
    if (size > headroom()) return nullptr;
    mbuf_->data_off = static_cast<std::uint16_t>(mbuf_->data_off - size);
    set_size(this->size() + size);
    return front();
  }

  /// Moves the back so that octets() has `size` octets; false and no change if the buffer ends before.
  [[nodiscard]] bool resize(std::size_t size) {
    if (size > this->size() + tailroom()) return false;
    set_size(size);
    return true;
  }

  /// Index, among the dataplane's ports, of the one that received it; undefined for a packet of our own
  /// making.
  [[nodiscard]] std::uint16_t port() const { return mbuf_->port; }
  void set_port(std::uint16_t port) { mbuf_->port = port; }

  [[nodiscard]] ChecksumVerdict udp_checksum() const {
    switch (mbuf_->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK) {
      case RTE_MBUF_F_RX_L4_CKSUM_GOOD:
        return ChecksumVerdict::kGood;
      case RTE_MBUF_F_RX_L4_CKSUM_BAD:
        return ChecksumVerdict::kBad;
      default:
        return ChecksumVerdict::kUnknown;
    }
  }

  /// Parts with the buffer: for handing it to a driver or through a ring of raw pointers.
  [[nodiscard]] rte_mbuf* release() { return std::exchange(mbuf_, nullptr); }

 private:
  // Out of line, so that asking whether there is something to give back is two instructions.
  [[gnu::noinline]] void give_back() { rte_pktmbuf_free_seg(std::exchange(mbuf_, nullptr)); }
  [[nodiscard]] std::byte* front() const { return rte_pktmbuf_mtod(mbuf_, std::byte*); }
  void set_size(std::size_t size) {
    mbuf_->data_len = static_cast<std::uint16_t>(size);
    mbuf_->pkt_len = static_cast<std::uint32_t>(size);
  }

  rte_mbuf* mbuf_{nullptr};
};

// Ports pass arrays of Packet to drivers as arrays of mbuf pointers.
static_assert(sizeof(Packet) == sizeof(rte_mbuf*) && std::is_standard_layout_v<Packet>);

}  // namespace dataplane

#pragma once
/// \file
/// One side of all calls: a single UDP socket that stands for every caller (or every callee). The server has
/// a port of its own per call and side, so the source port of what comes back names the call.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <vector>

#include "bench/load/speech_payloads.h"
#include "mediad/base/clock.h"
#include "mediad/base/native_address.h"
#include "mediad/base/result.h"

namespace bench {

struct SideTotals {
  std::uint64_t sent{0};
  std::uint64_t received{0};
  std::uint64_t out_of_order{0};
  std::uint64_t unknown{0};  ///< from a port that no call has
};

class MediaSide {
 public:
  static base::Result<MediaSide> open(const base::IpAddress& ip, const SpeechPayloads& speech);
  MediaSide(MediaSide&& other) noexcept;
  MediaSide& operator=(MediaSide&&) = delete;
  ~MediaSide();

  [[nodiscard]] base::SocketAddress local() const { return local_; }
  [[nodiscard]] const SpeechPayloads& speech() const { return *speech_; }
  /// Call number `calls()` from now on sends to this address.
  void add_call(const base::SocketAddress& server);
  [[nodiscard]] std::size_t calls() const { return streams_.size(); }

  /// Sends the next packet of each call in [first, last), in batches. With `stamped`, one by one, the time of
  /// sending in the payload's first 8 octets.
  void send(std::size_t first, std::size_t last, bool stamped);
  /// Receives what is there. With `delays`, appends (arrival - stamp) of each packet in nanoseconds.
  void receive(std::vector<std::int64_t>* delays);
  [[nodiscard]] const SideTotals& totals() const { return totals_; }

 private:
  struct Stream {
    base::NativeAddress server;
    std::uint16_t sequence{0};
    std::uint32_t timestamp{0};
    std::uint32_t ssrc{0};
    std::uint32_t next{0};
    std::uint16_t last_received{0};
    bool any_received{false};
  };
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kSlot = 2048;

  MediaSide(int fd, base::SocketAddress local, const SpeechPayloads& speech);
  std::size_t write_packet(Stream& stream, std::byte* out);

  int fd_;
  base::SocketAddress local_;
  const SpeechPayloads* speech_;
  std::vector<Stream> streams_;
  std::vector<std::int32_t> call_of_port_;  // by the server's UDP port; -1 = none
  std::vector<std::byte> buffer_;
  SideTotals totals_;
};

}  // namespace bench

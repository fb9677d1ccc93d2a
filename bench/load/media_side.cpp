#include "bench/load/media_side.h"

#include <fmt/format.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "mediad/base/byte_io.h"

namespace bench {
namespace {

constexpr std::size_t kRtpHeader = 12;

std::int64_t wall_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// The kernel's stamp of arrival (SO_TIMESTAMPNS), so that our own turn time does not count as delay.
std::int64_t arrival_of(msghdr& header) {
  for (auto* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
      return stamp.tv_sec * 1'000'000'000LL + stamp.tv_nsec;
    }
  }
  return 0;
}

}  // namespace

base::Result<MediaSide> MediaSide::open(const base::IpAddress& ip, const SpeechPayloads& speech) {
  const int fd = ::socket(ip.is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return base::Error{"no socket"};
  const int big = 8 << 20;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof big);
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  const auto any_port = base::to_native({ip, {}});
  if (::bind(fd, any_port.get(), any_port.size) != 0) {
    ::close(fd);
    return base::Error{fmt::format("cannot bind to {}", ip.to_string())};
  }
  base::NativeAddress bound;
  ::getsockname(fd, bound.get(), &bound.size);
  return MediaSide{fd, *base::from_native(bound.get()), speech};
}

MediaSide::MediaSide(int fd, base::SocketAddress local, const SpeechPayloads& speech)
    : fd_(fd), local_(local), speech_(&speech), call_of_port_(65536, -1), buffer_(kBatch * kSlot) {}

MediaSide::MediaSide(MediaSide&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      local_(other.local_),
      speech_(other.speech_),
      streams_(std::move(other.streams_)),
      call_of_port_(std::move(other.call_of_port_)),
      buffer_(std::move(other.buffer_)),
      totals_(other.totals_) {}

MediaSide::~MediaSide() {
  if (fd_ >= 0) ::close(fd_);
}

void MediaSide::add_call(const base::SocketAddress& server) {
  call_of_port_[server.port.number] = static_cast<std::int32_t>(streams_.size());
  Stream stream;
  stream.server = base::to_native(server);
  stream.ssrc = static_cast<std::uint32_t>(0x10000 + streams_.size()) * 2654435761U;
  // Calls are at different places of the same speech, or a server could find all their packets equal.
  stream.next = static_cast<std::uint32_t>(streams_.size() * 37 % speech_->packets.size());
  streams_.push_back(stream);
}

std::size_t MediaSide::write_packet(Stream& stream, std::byte* out) {
  const auto& payload = speech_->packets[stream.next];
  stream.next = (stream.next + 1) % static_cast<std::uint32_t>(speech_->packets.size());
  base::store_u8(out, 0x80);
  base::store_u8(out + 1, speech_->payload_type);
  base::store_be16(out + 2, stream.sequence++);
  base::store_be32(out + 4, stream.timestamp);
  base::store_be32(out + 8, stream.ssrc);
  stream.timestamp += speech_->ticks_per_packet;
  std::memcpy(out + kRtpHeader, payload.data(), payload.size());
  return kRtpHeader + payload.size();
}

void MediaSide::send(std::size_t first, std::size_t last, bool stamped) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> vectors{};
  while (first < last) {
    const auto count = std::min(last - first, stamped ? std::size_t{1} : kBatch);
    for (std::size_t i = 0; i < count; ++i) {
      auto& stream = streams_[first + i];
      auto* out = buffer_.data() + i * kSlot;
      const auto size = write_packet(stream, out);
      if (stamped) base::store_be64(out + kRtpHeader, static_cast<std::uint64_t>(wall_now()));
      vectors[i] = {out, size};
      messages[i].msg_hdr = {stream.server.get(), stream.server.size, &vectors[i], 1, nullptr, 0, 0};
    }
    const auto done = ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), 0);
    if (done > 0) totals_.sent += static_cast<std::uint64_t>(done);
    first += count;
  }
}

void MediaSide::receive(std::vector<std::int64_t>* delays) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> vectors{};
  std::array<base::NativeAddress, kBatch> sources{};
  std::array<std::array<std::byte, 64>, kBatch> controls{};
  for (;;) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      vectors[i] = {buffer_.data() + i * kSlot, kSlot};
      messages[i].msg_hdr = {sources[i].get(),
                             sizeof sources[i].storage,
                             &vectors[i],
                             1,
                             controls[i].data(),
                             controls[i].size(),
                             0};
    }
    const auto count = ::recvmmsg(fd_, messages.data(), kBatch, 0, nullptr);
    if (count <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto* packet = buffer_.data() + i * kSlot;
      const auto call = call_of_port_[base::from_native(sources[i].get())->port.number];
      if (call < 0 || messages[i].msg_len < kRtpHeader) {
        ++totals_.unknown;
        continue;
      }
      auto& stream = streams_[static_cast<std::size_t>(call)];
      const auto sequence = base::load_be16(packet + 2);
      if (stream.any_received && static_cast<std::int16_t>(sequence - stream.last_received) < 0)
        ++totals_.out_of_order;
      stream.last_received = sequence;
      stream.any_received = true;
      ++totals_.received;
      if (delays != nullptr && messages[i].msg_len >= kRtpHeader + 8) {
        delays->push_back(arrival_of(messages[i].msg_hdr) -
                          static_cast<std::int64_t>(base::load_be64(packet + kRtpHeader)));
      }
    }
    if (static_cast<std::size_t>(count) < kBatch) return;
  }
}

}  // namespace bench

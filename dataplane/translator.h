#pragma once
/// \file
/// A flow that we restamp (RFC 3550 §7.1): our SSRC, numbering without holes, whatever happens at the source.

#include <memory>
#include <optional>

#include "dataplane/api/session_plan.h"
#include "dataplane/forward.h"
#include "dataplane/rtp/event_relay.h"
#include "dataplane/rtp/reorder.h"
#include "dataplane/transcoder.h"

namespace dataplane {

struct Flow;

/// A packet as the media path found it.
struct MediaArrival {
  rtp::MediaPacket packet;
  std::uint32_t ssrc{0};
  bool restart{false};  ///< its source has just become valid or has started anew
};

/// Puts a source's packets in order and does with each what its payload type's rule says. Follows one source
/// at a time: the one that sent last. Built by control; one worker; no allocation once built.
class Translator {
 public:
  /// `transcoder`: nullptr if no rule of the flow transcodes.
  explicit Translator(std::unique_ptr<Transcoder> transcoder) : transcoder_(std::move(transcoder)) {}

  /// The flow and endpoints that it works for; after every change of the session's body.
  void attach(Flow& flow, Endpoint& from);

  /// Takes a packet. If its own octets go on at once, the way they do is returned; what is made anew, or was
  /// held for order's sake, leaves through stage and outlet.
  [[nodiscard]] std::optional<Forward> receive(const MediaArrival& arrival, CodecStage& stage,
                                               Outlet& outlet);

  /// Gives up on gaps that have been open for too long, and fills silence with noise. Returns when to call
  /// again, if packets are held.
  std::optional<base::Instant> expire(base::Instant now, CodecStage& stage, Outlet& outlet);

  /// When expire() should be called, should no packet come before.
  [[nodiscard]] std::optional<base::Instant> due(base::Instant now) const;
  [[nodiscard]] Transcoder* transcoder() { return transcoder_.get(); }

 private:
  [[nodiscard]] std::optional<Forward> in_order(const rtp::MediaPacket& packet, std::uint16_t missing,
                                                CodecStage& stage, Outlet& outlet);
  [[nodiscard]] std::optional<Forward> forward(const rtp::MediaPacket& packet, std::uint8_t payload_type,
                                               std::uint16_t missing, CodecStage& stage);
  [[nodiscard]] std::optional<Forward> comfort_noise(const rtp::MediaPacket& packet, std::uint16_t missing,
                                                     CodecStage& stage);
  void relay_event(const rtp::MediaPacket& packet, std::uint8_t payload_type, CodecStage& stage,
                   Outlet& outlet);
  void catch_up(const rtp::MediaPacket& packet, CodecStage& stage);
  void send_copy(const rtp::MediaPacket& packet, const Forward& forward, Outlet& outlet);
  std::optional<base::Instant> drain(base::Instant now, CodecStage& stage, Outlet& outlet);

  std::unique_ptr<Transcoder> transcoder_;
  rtp::ReorderQueue reorder_;
  rtp::EventRelay events_{base::ClockRate{}};
  Flow* flow_{nullptr};
  Endpoint* from_{nullptr};
  std::optional<std::uint32_t> ssrc_;
  bool restart_{false};             // our time is not tied to the source's
  bool transcoder_restart_{false};  // the transcoder has not seen this source yet
};

}  // namespace dataplane

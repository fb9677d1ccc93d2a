#pragma once
/// \file
/// What a signalling front end wants done with one offer or answer beyond what its session description says.
/// Typed; how ng, SIP or configuration spell it is their own matter.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/api/session_plan.h"
#include "mediad/base/ip_address.h"

namespace control {

/// Which codecs the other side gets to see. Names as in rtpmap ("opus", "PCMU", "L16/44100/2"), or "all".
struct CodecFlags {
  std::vector<std::string> strip;      ///< not shown, and not used
  std::vector<std::string> except;     ///< spared by strip=all
  std::vector<std::string> offer;      ///< shown although stripped: spared and moved to the front
  std::vector<std::string> transcode;  ///< added by us, and transcoded if chosen
  std::vector<std::string> mask;       ///< not shown, yet accepted from the side that offered it
  std::vector<std::string> accept;     ///< taken from the offerer although the answerer never sees it
  std::vector<std::string> consume;    ///< mask and accept in one
  std::vector<std::string> set;        ///< fmtp, bit rate and ptime settings in rtpengine's codec string form

  [[nodiscard]] bool empty() const {
    return strip.empty() && except.empty() && offer.empty() && transcode.empty() && mask.empty() &&
           accept.empty() && consume.empty() && set.empty();
  }
};

/// Parts of the description that name the anchor in place of the endpoint. The c= lines and ports always do.
struct ReplaceFlags {
  bool origin{false};        ///< address in o=
  bool username{false};      ///< user in o=
  bool session_name{false};  ///< s=
  bool sdp_version{false};   ///< version in o= counted by us
  bool force_increment_version{false};
  bool zero_address{false};  ///< also an unspecified address (old-style hold)
};

enum class IceFlag : std::uint8_t { kDefault, kRemove, kForce, kForceRelay, kOptional };
enum class DtlsFlag : std::uint8_t { kDefault, kOff, kPassive, kActive };

struct RtcpMuxFlags {
  bool offer{false};    ///< offer RFC 5761 multiplexing to the receiver even if the sender did not
  bool require{false};  ///< as offer, and without a fallback port
  bool demux{false};    ///< do not offer it to the receiver even if the sender did
  bool accept{false};   ///< accept it from the sender although the receiver may not want it
  bool reject{false};   ///< refuse it towards the sender
};

struct OfferFlags {
  /// m= profile of the receiver's side ("RTP/AVP", "UDP/TLS/RTP/SAVPF"); empty keeps the sender's.
  std::string transport_protocol;
  CodecFlags codecs;
  ReplaceFlags replace;
  IceFlag ice{IceFlag::kDefault};
  DtlsFlag dtls{DtlsFlag::kDefault};
  RtcpMuxFlags rtcp_mux;
  std::vector<std::string> sdes;      ///< "off", "no-AES_CM_128_HMAC_SHA1_32", "pad" …
  std::uint16_t ptime_ms{0};          ///< packet time towards the receiver; 0 keeps the negotiated
  std::uint16_t ptime_reverse_ms{0};  ///< and towards the sender
  bool always_transcode{false};
  bool single_codec{false};  ///< an answer names just the codec that will be used

  std::string direction_from, direction_to;      ///< logical interfaces of the sender and the receiver
  std::optional<base::IpFamily> address_family;  ///< of the receiver's side
  std::string media_address;                     ///< written in place of the interface's advertised address
  std::optional<base::IpAddress> received_from;  ///< where the signalling came from
  bool sip_source_address{false};                ///< media goes there, not to where the description says

  std::optional<dataplane::Learning> learning;
  bool strict_source{false};
  bool media_handover{false};
  bool asymmetric{false};
  std::optional<std::uint8_t> tos;

  bool generate_mid{false};
  bool no_rtcp_attribute{false};
  bool original_sendrecv{false};  ///< pass the direction attribute on as it came
  std::string label;
  std::string metadata;
};

}  // namespace control

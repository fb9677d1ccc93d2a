#pragma once
/// \file
/// Every reason for which a worker discards a packet. One list; each has a counter per worker, and per
/// session where the session is known, and a test that provokes it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dataplane {

/// X(name, text): the enumerator and the words for metrics, mediactl and `explain`.
#define MEDIAD_DROPS(X)                                                                       \
  X(kNotIp, "not_ip")                            /* an ethertype that we do not speak */      \
  X(kBadIpHeader, "bad_ip_header")               /* short, wrong version, length, checksum */ \
  X(kFragment, "ip_fragment")                    /* we never reassemble */                    \
  X(kNotOurAddress, "not_our_address")           /* another host's frame on the wire */       \
  X(kNotUdp, "not_udp")                          /* a protocol that we do not answer */       \
  X(kBadUdpHeader, "bad_udp_header")             /* length beyond the packet */               \
  X(kBadUdpChecksum, "bad_udp_checksum")         /* where the port can be trusted to say */   \
  X(kUnknownUdpPort, "unknown_udp_port")         /* no session owns the port */               \
  X(kHandoverFull, "handover_full")              /* ring to the owning worker is full */      \
  X(kUnknownProtocol, "unknown_protocol")        /* first octet outside RFC 7983 */           \
  X(kStunUnexpected, "stun_unexpected")          /* STUN where no ICE was negotiated */       \
  X(kDtlsUnexpected, "dtls_unexpected")          /* DTLS where none was negotiated */         \
  X(kBadRtpHeader, "bad_rtp_header")             /* RFC 3550 appendix A.1 */                  \
  X(kBadRtcp, "bad_rtcp")                        /* RFC 3550 appendix A.2 */                  \
  X(kUnknownPayloadType, "unknown_payload_type") /* not in the session's plan */              \
  X(kWrongSource, "wrong_source")                /* a stranger: strict source, learned */     \
  X(kOnProbation, "on_probation")                /* RFC 3550 A.1: not yet MIN_SEQUENTIAL */   \
  X(kDuplicate, "duplicate")                     /* sequence number already seen */           \
  X(kTooLate, "too_late")                        /* behind the reordering window */           \
  X(kFlowInactive, "flow_inactive")              /* on hold by offer/answer */                \
  X(kNoRemoteAddress, "no_remote_address")       /* far side not known yet */                 \
  X(kNoNextHop, "no_next_hop")                   /* neighbour not resolved */                 \
  X(kUndecodable, "undecodable")                 /* codec refused the payload */              \
  X(kRuleDrop, "dropped_by_rule")                /* negotiation says: not to this side */     \
  X(kTooLarge, "too_large")                      /* beyond the port's MTU or our limit */     \
  X(kNoMbuf, "no_mbuf")                          /* pool exhausted */                         \
  X(kTransmitFull, "transmit_full")              /* tx_burst took less than we gave */

enum class Drop : std::uint8_t {
#define X(name, text) name,
  MEDIAD_DROPS(X)
#undef X
};

inline constexpr std::array kDropTexts = {
#define X(name, text) std::string_view{text},
    MEDIAD_DROPS(X)
#undef X
};
inline constexpr std::size_t kDropCount = kDropTexts.size();

[[nodiscard]] constexpr std::string_view to_string(Drop drop) {
  return kDropTexts[static_cast<std::size_t>(drop)];
}

}  // namespace dataplane

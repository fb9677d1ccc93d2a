#pragma once
/// \file
/// A dialog (RFC 3261 §12): what two user agents keep so that they can speak again. A value without timers or
/// I/O; the B2BUA holds one for each side of a call and for each fork of an INVITE of ours.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/sip/flow_id.h"
#include "control/sip/sip_port.h"
#include "control/sip/wire/message.h"
#include "control/sip/wire/print.h"

namespace control {

/// Identifies a dialog at our side of it.
struct DialogId {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;

  auto operator<=>(const DialogId&) const = default;
};

/// The dialog that a request received belongs to (its To tag is ours), or a response to a request of ours
/// (its From tag is).
[[nodiscard]] DialogId dialog_of(const sip::Message& message);

/// Control thread; functions allocate what they return.
class Dialog {
 public:
  /// What a request received within the dialog is worth (RFC 3261 §12.2.2).
  enum class Order : std::uint8_t {
    kNew,
    kLate,  ///< an older CSeq: answer 500
  };

  /// Server side: the INVITE (or other dialog-forming request) that we answer with `local_tag`.
  [[nodiscard]] static Dialog of_request(const sip::Request& request, std::string local_tag);
  /// Client side: a response with a To tag to a dialog-forming request of ours. nullopt without the tag, and
  /// without a Contact if it is a 2xx. Each fork's tag makes another dialog.
  [[nodiscard]] static std::optional<Dialog> of_response(const sip::Response& response);

  [[nodiscard]] const DialogId& id() const { return id_; }
  /// Where requests to the peer are addressed: its last Contact.
  [[nodiscard]] const std::string& remote_target() const { return remote_target_; }
  /// The peer's address of record: the URI of its From or To. Allocates.
  [[nodiscard]] std::string remote_address() const;
  [[nodiscard]] const std::vector<std::string>& route_set() const { return routes_; }

  /// The next request of ours in the dialog; takes the next CSeq. Not for ACK and CANCEL.
  [[nodiscard]] sip::OutgoingRequest make_request(sip::Method method);
  /// The ACK to a 2xx (§13.2.2.4); `cseq` is that of the INVITE it answers, ours.
  [[nodiscard]] sip::OutgoingRequest make_ack(std::uint32_t cseq) const;
  /// PRACK for a reliable provisional response (RFC 3262 §7.2).
  [[nodiscard]] sip::OutgoingRequest make_prack(const sip::Message& provisional);
  /// Where they go: the first Route, else the flow that the peer came by, else its Contact.
  [[nodiscard]] sip::Target next_hop() const;

  /// Notes a request of the peer; to be asked before anything else is done with it. ACK never is late.
  [[nodiscard]] Order take(const sip::Message& request);
  /// A target refresh (INVITE or UPDATE and their 2xx) moves the remote target to the new Contact (§12.2.1.2,
  /// §12.2.2).
  void refresh_target(const sip::Message& message);
  /// The 2xx of the fork that won: its Record-Route counts, not that of the provisional response (§13.2.2.4).
  void confirm(const sip::Response& response);
  /// The connection that the peer came by is gone.
  void forget_flow() { flow_.reset(); }
  void set_flow(const sip::FlowId& flow) { flow_ = flow; }

  /// CSeq of our last request, for a CANCEL's or ACK's sake and to be carried over an authentication.
  [[nodiscard]] std::uint32_t local_cseq() const { return local_cseq_; }
  /// Tells the dialog that its first request of ours had this number.
  void set_local_cseq(std::uint32_t cseq) { local_cseq_ = cseq; }

 private:
  [[nodiscard]] sip::OutgoingRequest address(std::string method, std::uint32_t cseq) const;

  DialogId id_;
  std::string local_party_;   ///< value of From in our requests, with its tag
  std::string remote_party_;  ///< value of To
  std::string remote_target_;
  std::vector<std::string> routes_;  ///< each a name-addr
  std::optional<sip::FlowId> flow_;
  std::uint32_t local_cseq_{0};
  std::optional<std::uint32_t> remote_cseq_;
};

}  // namespace control

template <>
struct std::hash<control::DialogId> {
  std::size_t operator()(const control::DialogId& id) const noexcept {
    const std::hash<std::string> each;
    return each(id.call_id) ^ (each(id.local_tag) * 31) ^ (each(id.remote_tag) * 131);
  }
};

#pragma once
/// \file
/// Our credentials towards the trunks of one call. A request that a trunk challenges is sent again with them,
/// and who sent it learns only what came of it in the end (RFC 3261 §22.2, §22.3).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/auth/digest_client.h"
#include "control/sip/sip_port.h"

namespace control {

/// Control thread. A transaction is known above by the TxnId of its first try, whichever try is under way.
class TrunkLogins {
 public:
  explicit TrunkLogins(sip::SipPort& port) : port_(port) {}

  /// The peer of the dialogs with this Call-ID may challenge us. Nobody else is answered: what an answer
  /// gives away lets passwords be guessed.
  void add(std::string call_id, Credentials credentials);

  [[nodiscard]] sip::TxnId send(sip::OutgoingRequest request, sip::Target target);
  /// The ACK to a 2xx has the credentials of its INVITE (RFC 3261 §13.2.2.4).
  void send_ack(sip::OutgoingRequest ack, sip::Target target);
  void cancel(sip::TxnId txn, std::string_view reason);

  /// The transaction of the new try if the response was a challenge and has been answered.
  [[nodiscard]] std::optional<sip::TxnId> try_again(const sip::Response& response);
  /// The transaction by which it is known above.
  [[nodiscard]] sip::TxnId first_try(sip::TxnId txn) const;

 private:
  struct Leg {
    std::string call_id;
    Credentials credentials;
    DigestClient digest;
    std::uint32_t last_cseq{0};
    std::uint32_t ack_cseq{0};  ///< of the INVITE that `ack_headers` were sent with
    sip::HeaderLines ack_headers;
  };
  /// A request that may yet be challenged.
  struct Pending {
    sip::TxnId first;
    sip::TxnId current;
    sip::OutgoingRequest request;  ///< without credentials
    sip::Target target;
    unsigned tries{1};
    bool is_cancelled{false};
  };

  [[nodiscard]] Leg* leg_of(const sip::HeaderLines& headers);
  /// As it is sent: numbered, and with credentials once there was a challenge.
  [[nodiscard]] sip::OutgoingRequest prepared(const sip::OutgoingRequest& request, Leg& leg);

  sip::SipPort& port_;
  std::vector<Leg> legs_;
  std::vector<Pending> pending_;
  std::vector<std::pair<sip::TxnId, sip::TxnId>> later_tries_;  ///< with the first of each
};

}  // namespace control

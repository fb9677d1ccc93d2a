#pragma once
/// \file
/// Our own registration at a trunk (RFC 3261 §10.2), without I/O: it says when to send which REGISTER, and is
/// told what came of it.

#include <cstdint>
#include <optional>
#include <string>

#include "control/auth/digest_client.h"
#include "control/sip/sip_port.h"
#include "mediad/base/clock.h"

namespace control {

struct TrunkRegistrationOptions {
  std::string registrar;  ///< "sip:carrier.example;transport=tls": Request-URI and where it goes
  std::string address;    ///< address-of-record, "sip:1234@carrier.example"
  std::string contact_user;
  Credentials credentials;
  std::uint32_t expires{3600};
};

/// Control thread. The owner asks on_time() at deadline(), sends what it gives, and reports the response or
/// the failure of that one request before it asks again.
class TrunkRegistration {
 public:
  enum class State : std::uint8_t {
    kTrying,
    kRegistered,
    kRefused,  ///< by a wrong password or a final refusal; it is tried again, seldom
  };

  /// `call_id` and `tag` are random. The first REGISTER is due at once.
  TrunkRegistration(TrunkRegistrationOptions options, std::string call_id, std::string tag,
                    base::Instant now);

  /// The REGISTER that is due; nullopt while none is or one is under way. `cnonce` is random.
  [[nodiscard]] std::optional<sip::OutgoingRequest> on_time(base::Instant now, std::string_view cnonce);
  /// A final response; provisional ones mean nothing. `random` spreads repeated tries.
  void on_response(const sip::Message& response, base::Instant now, std::uint32_t random);
  void on_failure(base::Instant now, std::uint32_t random);

  /// When on_time() has something to do; nullopt while a request is under way.
  [[nodiscard]] std::optional<base::Instant> deadline() const;
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] sip::Target target() const { return sip::Target::to(options_.registrar); }
  /// Status of the last final response; 0 if there was none.
  [[nodiscard]] std::uint16_t last_status() const { return last_status_; }

 private:
  void retry_later(State state, base::Instant now, std::uint32_t random);

  TrunkRegistrationOptions options_;
  std::string call_id_;
  std::string tag_;
  DigestClient digest_;
  State state_{State::kTrying};
  bool is_under_way_{false};
  std::uint32_t cseq_{0};
  std::uint32_t failures_{0};
  std::uint16_t last_status_{0};
  base::Instant next_;
};

}  // namespace control

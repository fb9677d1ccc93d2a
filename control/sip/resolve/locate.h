#pragma once
/// \file
/// RFC 3263 without a network: what to ask the DNS for a URI, and what the answers make of it.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/sip/resolve/resolver.h"
#include "control/sip/wire/uri.h"

namespace control::sip {

struct NaptrRecord {
  std::uint16_t order{0};
  std::uint16_t preference{0};
  std::string flags;
  std::string service;      ///< "SIP+D2U", "SIPS+D2T" …
  std::string replacement;  ///< name of the SRV records
};

struct SrvRecord {
  std::uint16_t priority{0};
  std::uint16_t weight{0};
  std::uint16_t port{0};
  std::string target;
};

/// One question, and where its answer goes.
struct DnsQuestion {
  enum class Type : std::uint8_t { kNaptr, kSrv, kAddress };
  Type type{Type::kAddress};
  std::string name;

  auto operator<=>(const DnsQuestion&) const = default;
};

/// Transports that mediad can use at all, by the listeners it has.
struct UsableTransports {
  bool udp{true};
  bool tcp{true};
  bool tls{true};

  [[nodiscard]] bool has(Transport t) const {
    return (t == Transport::kUdp && udp) || (t == Transport::kTcp && tcp) || (t == Transport::kTls && tls);
  }
};

/// SRV targets in the order of RFC 2782: by priority, then drawn by weight. `draw(n)` gives a number in [0,
/// n].
[[nodiscard]] std::vector<SrvRecord> order_srv(std::vector<SrvRecord> records,
                                               const std::function<std::uint32_t(std::uint32_t)>& draw);

/// Locates one URI. Ask while next() has questions, give each its answer (empty for none), then take the
/// places. One thread; asks at most kMaxQuestions.
class Locator {
 public:
  static constexpr std::size_t kMaxQuestions = 32;
  static constexpr std::size_t kMaxDestinations = 16;
  using Draw = std::function<std::uint32_t(std::uint32_t)>;

  Locator(std::string_view uri, const UsableTransports& usable, Draw draw);

  /// The next question that has not been answered; nullopt when the places are known.
  [[nodiscard]] std::optional<DnsQuestion> next() const;
  void answer_naptr(std::vector<NaptrRecord> records);
  void answer_srv(const std::string& name, std::vector<SrvRecord> records);
  void answer_addresses(const std::string& name, std::vector<base::IpAddress> addresses);

  [[nodiscard]] std::vector<Destination> destinations() const;

 private:
  /// An SRV name to ask, or a host whose addresses are wanted.
  struct Candidate {
    Transport transport;
    std::string name;
    std::uint16_t port{0};
  };

  void begin(std::string_view text);
  void use_srv(Transport transport, std::string name) { srv_.push_back({transport, std::move(name), 0}); }
  void use_host(Transport transport, std::string name, std::uint16_t port);
  void want_default_srv();
  void settle();

  UsableTransports usable_;
  Draw draw_;
  std::string domain_;    ///< RFC 3263's TARGET
  std::string tls_name_;  ///< RFC 5922 §4: the URI's own domain, maddr or not
  bool secure_{false};
  bool wants_naptr_{false};
  std::optional<std::uint16_t> fixed_port_;
  std::vector<Candidate> srv_;                             // still to be asked, in order
  std::map<std::string, std::vector<SrvRecord>> answers_;  // of SRV
  std::size_t asked_srv_{0};
  std::vector<Candidate> hosts_;
  std::map<std::string, std::vector<base::IpAddress>> addresses_;
};

}  // namespace control::sip

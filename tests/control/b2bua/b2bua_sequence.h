#pragma once
/// \file
/// What phones, wires and time do to the B2BUA, read from octets: three for each step. Whatever the order,
/// nothing breaks, and once the far ends are silent and time has passed no call and no port is left.

#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "tests/control/b2bua/b2bua_fixture.h"

namespace control {

class B2buaSequence : public B2buaTest {
 public:
  /// What is wrong, or nothing. Deterministic.
  std::string play(std::span<const std::uint8_t> octets) {
    for (std::size_t i = 0; i + 2 < octets.size() && i < 3 * kMaxSteps; i += 3)
      step(octets[i], octets[i + 1], octets[i + 2]);
    return wind_up();
  }

 private:
  static constexpr std::size_t kMaxSteps = 60;
  static constexpr const char* kUsers[] = {"bob", "carol", "both", "hunt", "out", "dave", "nobody"};
  static constexpr const char* kMethods[] = {"INVITE", "BYE",     "UPDATE", "ACK",
                                             "INFO",   "OPTIONS", "PRACK",  "REFER"};
  static constexpr std::uint16_t kStatuses[] = {100, 180, 183, 200, 200, 202, 302, 401, 408,
                                                422, 481, 486, 487, 488, 491, 500, 503, 603};

  void TestBody() override {}

  static std::string description(std::uint8_t choice) {
    switch (choice % 6) {
      case 0:
        return {};
      case 1:
        return audio(4000);
      case 2:
        return audio(5000, "8 0", "a=sendonly\r\n");
      case 3:
        return audio(0);
      case 4:
        return audio(6000, "9", "a=inactive\r\n");
      default:
        return "v=0\r\nnothing of the kind\r\n";
    }
  }

  void step(std::uint8_t action, std::uint8_t a, std::uint8_t b) {
    switch (action % 11) {
      case 0:
        to_tag.clear();
        invites.push_back(from_caller("INVITE", kUsers[a % std::size(kUsers)], description(b)));
        break;
      case 1:
      case 2:
        if (const auto* sent = pick(a)) respond(*sent, kStatuses[b % std::size(kStatuses)], a ^ b);
        break;
      case 3:
        if (!port.responses.empty()) to_tag = last().to_tag;
        break;
      case 4:
      case 5:
        from_caller(kMethods[a % std::size(kMethods)], "bob", description(b));
        break;
      case 6:
        if (const auto* sent = pick(a); sent != nullptr && sent->request.method == "INVITE") {
          const auto copy = *sent;
          from_callee(copy,
                      kMethods[b % std::size(kMethods)] == std::string{"ACK"}
                          ? "BYE"
                          : kMethods[b % std::size(kMethods)],
                      description(a ^ b));
        }
        break;
      case 7:
        pass(std::chrono::milliseconds{a * a * 8 + b});
        break;
      case 8:
        // Only a pending INVITE can be cancelled; the transaction layer sees to that.
        if (!invites.empty() && is_pending(invites[a % invites.size()]))
          b2bua.on_event(sip::Cancel{invites[a % invites.size()], {}}, now);
        break;
      case 9:
        if (const auto* sent = pick(a)) fail(*sent, static_cast<sip::TxnFailed::Cause>(b % 6));
        break;
      default:
        if (b % 4 == 0) b2bua.on_event(sip::FlowDown{sip::FakeSipPort::flow_of(a % 2 ? 2 : 77)}, now);
        b2bua.check_media(now);
        break;
    }
    settle();
  }

  const sip::FakeSipPort::SentRequest* pick(std::uint8_t which) const {
    if (port.requests.empty()) return nullptr;
    const auto& sent = port.requests[port.requests.size() - 1 - which % port.requests.size()];
    // A transaction ends once; only a 2xx to an INVITE may come again, of another fork.
    return ended.contains(sent.txn.value) ? nullptr : &sent;
  }
  void respond(const sip::FakeSipPort::SentRequest& sent, std::uint16_t status, std::uint8_t choice) {
    const auto copy = sent;  // what follows may send, and move the list
    if (answered.contains(copy.txn.value) && (status < 200 || status >= 300)) return;
    if (status >= 200 && status < 300 && copy.request.method == "INVITE") answered.insert(copy.txn.value);
    if (status >= 200 && !answered.contains(copy.txn.value)) ended.insert(copy.txn.value);
    answer(copy, status, description(choice), choice % 4 == 0 ? "c" : "b");
  }
  void fail(const sip::FakeSipPort::SentRequest& sent, sip::TxnFailed::Cause cause) {
    const auto txn = sent.txn;
    if (answered.contains(txn.value)) return;
    ended.insert(txn.value);
    b2bua.on_event(sip::TxnFailed{txn, cause}, now);
  }
  [[nodiscard]] bool is_pending(sip::TxnId txn) const {
    const auto sent = statuses(txn);
    return sent.empty() || sent.back() < 200;
  }

  std::string wind_up() {
    for (int round = 0; round < 8; ++round) {
      for (std::size_t i = 0; i < port.requests.size(); ++i) {
        if (!ended.contains(port.requests[i].txn.value))
          fail(port.requests[i], sip::TxnFailed::Cause::kTimeout);
      }
      if (round == 2) b2bua.hang_up_all(now);
      pass(std::chrono::minutes{2});
    }
    if (b2bua.calls() != 0) return std::to_string(b2bua.calls()) + " calls are left";
    if (const auto ports = ports_in_use(); ports != 0) return std::to_string(ports) + " port pairs are left";
    return {};
  }

  std::vector<sip::TxnId> invites;
  std::set<std::uint64_t> answered;  // by a 2xx to an INVITE, which other forks may send too
  std::set<std::uint64_t> ended;
};

}  // namespace control

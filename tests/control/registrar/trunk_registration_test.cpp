#include "control/registrar/trunk_registration.h"

#include <gtest/gtest.h>

#include "control/registrar/registrar.h"
#include "tests/control/auth/gate_fixture.h"

namespace control {
namespace {

using namespace std::chrono_literals;
using State = TrunkRegistration::State;

class TrunkRegistrationTest : public testing::Test {
 protected:
  static TrunkRegistrationOptions options(const std::string& password) {
    return {.registrar = "sip:example.com",
            .address = "sip:alice@example.com",
            .contact_user = "alice",
            .credentials = {"alice", password, ""}};
  }
  /// What is due, as the peer would answer it.
  sip::OutgoingRequest due(TrunkRegistration& r) {
    EXPECT_EQ(r.deadline(), now_);
    auto request = r.on_time(now_, "cn");
    EXPECT_TRUE(request);
    EXPECT_FALSE(r.deadline());
    EXPECT_FALSE(r.on_time(now_, "cn"));
    return request.value_or(sip::OutgoingRequest{});
  }
  void answer(TrunkRegistration& r, const sip::OutgoingRequest& request, std::uint16_t status,
              const sip::HeaderLines& headers = {}) {
    r.on_response(port_.answer({{}, request, {}}, status, "t", headers).message, now_, 0);
  }

  base::Instant now_{1000s};
  sip::FakeSipPort port_;
};

TEST_F(TrunkRegistrationTest, RegistersAtARegistrarLikeOurs) {
  const TestAccounts accounts{"alice"};
  AuthGate gate(accounts, "secret");
  Registrar registrar(accounts);
  TrunkRegistration r(options("secret-alice"), "call", "tag", now_);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2 && r.deadline() == now_; ++i) {
      const auto request = due(r);
      const auto text = print(request, "SIP/2.0/UDP 192.0.2.100;branch=z9hG4bK1", {"192.0.2.100:5060", {}});
      const auto event = port_.receive(text);
      auto verdict = gate.admit(event, now_);
      const auto* origin = std::get_if<AuthenticatedOrigin>(&verdict);
      const auto response = origin != nullptr ? registrar.handle(event, *origin, now_, {})
                                              : std::get<sip::OutgoingResponse>(verdict);
      answer(r, request, response.status, response.headers);
    }
    EXPECT_EQ(r.state(), State::kRegistered) << round;
    EXPECT_EQ(r.deadline(), now_ + 2880s);
    EXPECT_EQ(registrar.bindings_of("alice", now_).size(), 1U);
    now_ += 2880s;
  }
}

TEST_F(TrunkRegistrationTest, WrongPasswordIsRefusedAndTriedSeldom) {
  TrunkRegistration r(options("wrong"), "call", "tag", now_);
  sip::HeaderLines challenge;
  challenge.add(sip::HeaderId::kWwwAuthenticate, "Digest realm=\"x\", nonce=\"1\", qop=\"auth\"");
  answer(r, due(r), 401, challenge);
  EXPECT_EQ(r.state(), State::kTrying);
  answer(r, due(r), 401, challenge);
  EXPECT_EQ(r.state(), State::kRefused);
  EXPECT_EQ(r.last_status(), 401);
  EXPECT_EQ(r.deadline(), now_ + 15s);
}

TEST_F(TrunkRegistrationTest, WaitsLongerEachTimeNobodyAnswers) {
  TrunkRegistration r(options("p"), "call", "tag", now_);
  for (const auto wait : {15s, 30s, 60s, 120s, 240s, 480s, 900s, 900s}) {
    (void)due(r);
    r.on_failure(now_, 0);
    EXPECT_EQ(r.deadline(), now_ + wait);
    now_ += wait;
  }
  EXPECT_EQ(r.state(), State::kTrying);
}

TEST_F(TrunkRegistrationTest, ObeysMinExpiresAndWhatItIsGranted) {
  TrunkRegistration r(options("p"), "call", "tag", now_);
  sip::HeaderLines minimum;
  minimum.add(sip::HeaderId::kMinExpires, 7200U);
  answer(r, due(r), 423, minimum);
  const auto request = due(r);
  EXPECT_NE(request.headers.text().find("Expires: 7200\r\n"), std::string_view::npos);
  sip::HeaderLines granted;
  granted.add(sip::HeaderId::kContact,
              "<sip:other@10.0.0.1>;expires=5, <sip:alice@192.0.2.100:5060>;expires=100");
  answer(r, request, 200, granted);
  EXPECT_EQ(r.deadline(), now_ + 80s);
  EXPECT_NE(request.headers.text().find("CSeq: 2 REGISTER\r\n"), std::string_view::npos);
}

}  // namespace
}  // namespace control

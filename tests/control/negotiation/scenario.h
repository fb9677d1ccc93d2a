#pragma once
/// \file
/// A call between two sides as a test tells it: descriptions in, descriptions and rules out, all as text.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "control/negotiation/negotiation.h"

namespace control::test {

/// A description of 192.0.2.1 with the given lines behind the session part; LF in, as it is easier to read.
inline std::string sdp_of(std::string_view medias, std::string_view address = "192.0.2.1") {
  return "v=0\no=- 7 1 IN IP4 " + std::string(address) + "\ns=-\nc=IN IP4 " + std::string(address) +
         "\nt=0 0\n" + std::string(medias);
}

inline std::string read_sdp(std::string_view name) {
  std::ifstream in(std::string(MEDIAD_TEST_DATA) + "/sdp/" + std::string(name), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

/// From the first m= line on, LF line ends.
inline std::string medias_of(std::string text) {
  std::erase(text, '\r');
  const auto at = text.find("\nm=");
  return at == std::string::npos ? "" : text.substr(at + 1);
}

/// Flags in rtpengine's words: "codec-mask-all codec-transcode-PCMU ptime-40 single-codec …".
inline Policy policy_with(std::string_view words) {
  OfferFlags flags;
  std::istringstream in{std::string(words)};
  for (std::string word; in >> word;) {
    const auto take = [&](std::string_view prefix, std::vector<std::string>& list) {
      if (!word.starts_with(prefix)) return false;
      list.push_back(word.substr(prefix.size()));
      return true;
    };
    auto& codecs = flags.codecs;
    if (take("codec-mask-", codecs.mask) || take("codec-strip-", codecs.strip) ||
        take("codec-offer-", codecs.offer) || take("codec-except-", codecs.except) ||
        take("codec-transcode-", codecs.transcode) || take("codec-accept-", codecs.accept) ||
        take("codec-set-", codecs.set)) {
      continue;
    }
    if (word == "single-codec") {
      flags.single_codec = true;
    } else if (word == "always-transcode") {
      flags.always_transcode = true;
    } else if (word == "rtcp-mux-offer") {
      flags.rtcp_mux.offer = true;
    } else if (word == "rtcp-mux-require") {
      flags.rtcp_mux.require = true;
    } else if (word == "rtcp-mux-demux") {
      flags.rtcp_mux.demux = true;
    } else if (word == "rtcp-mux-accept") {
      flags.rtcp_mux.accept = true;
    } else if (word == "rtcp-mux-reject") {
      flags.rtcp_mux.reject = true;
    } else if (word == "generate-mid") {
      flags.generate_mid = true;
    } else if (word == "no-rtcp-attribute") {
      flags.no_rtcp_attribute = true;
    } else if (word == "original-sendrecv") {
      flags.original_sendrecv = true;
    } else if (word == "replace-origin") {
      flags.replace.origin = true;
    } else if (word == "replace-username") {
      flags.replace.username = true;
    } else if (word == "replace-session-name") {
      flags.replace.session_name = true;
    } else if (word == "replace-SDP-version") {
      flags.replace.sdp_version = true;
    } else if (word.starts_with("ptime-reverse-")) {
      flags.ptime_reverse_ms = static_cast<std::uint16_t>(std::stoi(word.substr(14)));
    } else if (word.starts_with("ptime-")) {
      flags.ptime_ms = static_cast<std::uint16_t>(std::stoi(word.substr(6)));
    } else if (word.starts_with("RTP/") || word.starts_with("UDP/")) {
      flags.transport_protocol = word;
    } else {
      ADD_FAILURE() << "unknown flag " << word;
    }
  }
  return policy_of(flags);
}

/// Our ends: 10.0.0.1 towards A from port 20000, 10.0.0.2 towards B from port 30000, four ports a stream.
inline std::vector<LocalPair> local_ends(std::size_t count) {
  std::vector<LocalPair> ends;
  for (std::size_t i = 0; i < count; ++i) {
    LocalPair pair;
    for (std::size_t side = 0; side < 2; ++side) {
      const auto ip = base::IpAddress::v4(10, 0, 0, static_cast<std::uint8_t>(side + 1));
      const auto port = static_cast<std::uint16_t>(20000 + side * 10000 + i * 4);
      pair[side] = {ip, ip, {port}, {static_cast<std::uint16_t>(port + 1)}};
    }
    ends.push_back(pair);
  }
  return ends;
}

/// "relay 0>0 101>101", or "translate 0*96 101@110/48000 13~13 -9 as opus 20ms": forwarded, transcoded, event
/// at another clock rate, comfort noise, dropped; what is encoded. "held" in front where the flow is not
/// active.
inline std::string text_of(const dataplane::FlowPlan& flow) {
  using dataplane::RuleKind;
  std::ostringstream out;
  if (!flow.active) out << "held ";
  out << (flow.mode == dataplane::FlowMode::kRelay ? "relay" : "translate");
  for (const auto& rule : flow.rules) {
    const int in = rule.in;
    const int to = rule.out;
    switch (rule.kind) {
      case RuleKind::kForward:
        out << ' ' << in << '>' << to;
        break;
      case RuleKind::kTranscode:
        out << ' ' << in << '*' << to;
        break;
      case RuleKind::kEvent:
        out << ' ' << in << '@' << to << '/' << rule.out_clock.hz;
        break;
      case RuleKind::kComfortNoise:
        out << ' ' << in << '~' << to;
        break;
      case RuleKind::kDrop:
        out << " -" << in;
        break;
    }
  }
  if (flow.send) out << " as " << flow.send->format.encoding << ' ' << flow.send->ptime_ms << "ms";
  return out.str();
}

class Scenario {
 public:
  explicit Scenario(std::size_t streams = 4) : local_(local_ends(streams)) {}

  /// The description for the other side, or "error: …".
  std::string offer(Side from, const std::string& text, std::string_view flags = {}) {
    return offer_with(from, text, policy_with(flags));
  }
  std::string offer_with(Side from, const std::string& text, const Policy& policy) {
    const auto description = sdp::SessionDescription::parse(text);
    EXPECT_TRUE(description) << text;
    const auto out = negotiation.offer(from, *description, policy, local_);
    return out ? out->print() : "error: " + out.error().text;
  }
  std::string answer(const std::string& text, std::string_view flags = {}) {
    const auto description = sdp::SessionDescription::parse(text);
    EXPECT_TRUE(description) << text;
    const auto out = negotiation.answer(*description, policy_with(flags), local_);
    return out ? out->print() : "error: " + out.error().text;
  }

  [[nodiscard]] const MediaDecision& decision(std::size_t stream = 0) const {
    return negotiation.decisions().at(stream);
  }
  /// The rules from A to B and from B to A.
  [[nodiscard]] std::string flow(Side from, std::size_t stream = 0) const {
    return text_of(decision(stream).flows[index_of(from)]);
  }

  Negotiation negotiation;

 private:
  std::vector<LocalPair> local_;
};

}  // namespace control::test

#include "control/ng/flags.h"

#include <gmock/gmock.h>

#include "control/ng/bencode.h"
#include "control/ng/flag_string.h"
#include "control/ng/json.h"

namespace control::ng {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NgRequest parse(std::string_view json) {
  const auto message = decode_json(json);
  EXPECT_TRUE(message) << json;
  auto request = parse_request(*message);
  EXPECT_TRUE(request) << json;
  return *request;
}

NgRequest offer_with(std::string_view entries) {
  return parse(R"({"command":"offer",)" + std::string{entries} + "}");
}

TEST(Request, WhatKamailioSendsForTheStockConfiguration) {
  const auto message = decode_bencode(
      "d8:supportsl10:load limite7:replacel6:origin18:session-connectione18:transport-protocol17:UDP/TLS/RTP/"
      "SAVPF3:ICE5:force8:rtcp-muxl5:offere4:DTLS7:passive4:SDESl3:offe5:flagsl12:generate-mide5:codecd4:"
      "maskl3:"
      "alle9:transcodel4:opus15:telephone-eventee7:call-id1:x13:received-froml3:IP49:127.0.0.1e8:from-tag2:ft"
      "3:sdp3:v=07:command5:offere");
  ASSERT_TRUE(message) << message.error().text;
  const auto request = parse_request(*message);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->command, RequestKind::kOffer);
  EXPECT_EQ(request->call_id, "x");
  EXPECT_EQ(request->from_tag, "ft");
  EXPECT_EQ(request->to_tag, "");
  EXPECT_EQ(request->sdp, "v=0");
  EXPECT_TRUE(request->supports_load_limit);
  const auto& flags = request->flags;
  EXPECT_TRUE(flags.replace.origin);
  EXPECT_EQ(flags.transport_protocol, "UDP/TLS/RTP/SAVPF");
  EXPECT_EQ(flags.ice, IceFlag::kForce);
  EXPECT_EQ(flags.dtls, DtlsFlag::kPassive);
  EXPECT_TRUE(flags.rtcp_mux.offer);
  EXPECT_TRUE(flags.generate_mid);
  EXPECT_THAT(flags.sdes, ElementsAre("off"));
  EXPECT_THAT(flags.codecs.mask, ElementsAre("all"));
  EXPECT_THAT(flags.codecs.transcode, ElementsAre("opus", "telephone-event"));
  EXPECT_EQ(flags.received_from, base::IpAddress::parse("127.0.0.1"));
  EXPECT_THAT(request->unknown, IsEmpty());
}

TEST(Request, ErrorsInTheWordsThatProxiesKnow) {
  const auto error_of = [](std::string_view json) { return parse_request(*decode_json(json)).error().text; };
  EXPECT_EQ(error_of("{}"), "Dictionary contains no key \"command\"");
  EXPECT_EQ(error_of("[]"), "Dictionary contains no key \"command\"");
  EXPECT_EQ(error_of(R"({"command":"foo"})"), "Unrecognized command");
}

TEST(Flags, BlankDashAndUnderscoreAreOne) {
  for (const auto* key : {"media address", "media-address", "media_address", "Media-Address"}) {
    EXPECT_EQ(offer_with('"' + std::string{key} + R"(":"192.0.2.1")").flags.media_address, "192.0.2.1")
        << key;
  }
  for (const auto* word : {"strict source", "strict-source", "strict_source"}) {
    EXPECT_TRUE(offer_with(R"("flags":[")" + std::string{word} + R"("])").flags.strict_source) << word;
  }
}

TEST(Flags, EveryWordOfTheMostUsedIsKnown) {
  for (const auto* word : {"replace-origin",
                           "replace-session-connection",
                           "ICE-remove",
                           "ICE-force",
                           "RTP/AVP",
                           "trust-address",
                           "UDP/TLS/RTP/SAVPF",
                           "RTP/SAVPF",
                           "internal",
                           "external",
                           "rtcp-mux-demux",
                           "rtcp-mux-offer",
                           "rtcp-mux-require",
                           "rtcp-mux-accept",
                           "DTLS-off",
                           "DTLS-passive",
                           "SDES-off",
                           "SIP-source-address",
                           "RTP/SAVP",
                           "codec-mask-all",
                           "codec-strip-PCMA",
                           "codec-transcode-opus",
                           "transcode-PCMU",
                           "codec-accept-GSM",
                           "codec-offer-G729",
                           "codec-except-PCMU",
                           "codec-consume-G722",
                           "generate-mid",
                           "no-rtcp-attribute",
                           "strict-source",
                           "media-handover",
                           "asymmetric",
                           "single-codec",
                           "always-transcode",
                           "force",
                           "symmetric",
                           "fatal",
                           "SDES-pad"}) {
    EXPECT_THAT(offer_with(R"("flags":[")" + std::string{word} + R"("])").unknown, IsEmpty()) << word;
  }
}

TEST(Flags, WhatIsUnknownIsListedAndChangesNothing) {
  const auto request = offer_with(R"("flags":["frobnicate","codec-"],"key":["a"],"codec":{"odd":["x"]})");
  EXPECT_THAT(request.unknown, ElementsAre("frobnicate", "codec-", "key", "codec-odd"));
}

TEST(Flags, CodecNamesKeepTheirSpelling) {
  EXPECT_THAT(offer_with(R"("flags":["codec_mask_telephone-event"])").flags.codecs.mask,
              ElementsAre("telephone-event"));
  EXPECT_THAT(offer_with(R"("codec-mask":["L16/44100/2"])").flags.codecs.mask, ElementsAre("L16/44100/2"));
}

TEST(Flags, DirectionsInTheOrderOfTheSides) {
  const auto both = offer_with(R"("direction":["internal","external"])").flags;
  EXPECT_EQ(both.direction_from, "internal");
  EXPECT_EQ(both.direction_to, "external");
  const auto words = offer_with(R"("flags":["external","internal"])").flags;
  EXPECT_EQ(words.direction_from, "external");
  EXPECT_EQ(words.direction_to, "internal");
}

TEST(Flags, NumbersOutOfRangeAreIgnored) {
  EXPECT_EQ(offer_with(R"("TOS":"184")").flags.tos, 184);
  EXPECT_EQ(offer_with(R"("TOS":300)").flags.tos, std::nullopt);
  EXPECT_EQ(offer_with(R"("ptime":"30")").flags.ptime_ms, 30);
  EXPECT_EQ(offer_with(R"("ptime":-1)").flags.ptime_ms, 0);
  EXPECT_EQ(offer_with(R"("delete-delay":"5")").delete_delay, std::chrono::seconds{5});
  EXPECT_EQ(offer_with(R"("delete-delay":"soon")").delete_delay, std::nullopt);
}

TEST(Flags, FamiliesAndSources) {
  EXPECT_EQ(offer_with(R"("address-family":"IP6")").flags.address_family, base::IpFamily::kV6);
  EXPECT_EQ(offer_with(R"("address family":"inet")").flags.address_family, base::IpFamily::kV4);
  EXPECT_EQ(offer_with(R"("received-from":["IP6","::1"])").flags.received_from,
            base::IpAddress::parse("::1"));
  EXPECT_EQ(offer_with(R"("received-from":"10.0.0.1")").flags.received_from,
            base::IpAddress::parse("10.0.0.1"));
  EXPECT_EQ(offer_with(R"("received-from":["IP4","nonsense"])").flags.received_from, std::nullopt);
  EXPECT_EQ(offer_with(R"("endpoint-learning":"off")").flags.learning, dataplane::Learning::kOff);
}

TEST(FlagString, WordsPairsAndLists) {
  const auto request = offer_with(
      R"("rtpp-flags":"replace-origin ICE=remove RTP/AVP direction=[internal external] codec-mask=[all opus] )"
      R"(codec=[transcode=[PCMU PCMA]] ptime=30 rtcp-mux=[demux] odd=1 to-tag=tt")");
  EXPECT_TRUE(request.flags.replace.origin);
  EXPECT_EQ(request.flags.ice, IceFlag::kRemove);
  EXPECT_EQ(request.flags.transport_protocol, "RTP/AVP");
  EXPECT_EQ(request.flags.direction_to, "external");
  EXPECT_THAT(request.flags.codecs.mask, ElementsAre("all", "opus"));
  EXPECT_THAT(request.flags.codecs.transcode, ElementsAre("PCMU", "PCMA"));
  EXPECT_EQ(request.flags.ptime_ms, 30);
  EXPECT_TRUE(request.flags.rtcp_mux.demux);
  EXPECT_EQ(request.to_tag, "tt");
  EXPECT_THAT(request.unknown, ElementsAre("odd"));
}

TEST(FlagString, OddBracketsEndSomewhere) {
  for (const auto* text : {"a=[", "]", "=", "a=[b=[c", "[[[", "a=]b", "=[=[=[", "a=[b]]] c"}) {
    EXPECT_THAT(parse_flag_string(text), testing::SizeIs(testing::Le(3))) << text;
  }
  std::string deep;
  for (int i = 0; i < 5000; ++i) deep += "a=[";
  EXPECT_FALSE(parse_flag_string(deep).empty());
}

TEST(FlagString, DoesNotReadItselfAgain) {
  std::string nested;
  for (int i = 0; i < 4000; ++i) nested += "rtpp-flags=";
  EXPECT_THAT(offer_with(R"("rtpp-flags":")" + nested + R"(")").unknown, IsEmpty());
}

}  // namespace
}  // namespace control::ng

#include "mediad/ctl_print.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace mediad {
namespace {

using Json = nlohmann::ordered_json;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

TEST(CtlPrint, Status) {
  const auto text =
      print_reply("status", Json::parse(R"({"version":"1.2","uptime":3725.5,"draining":true,"calls":3,
      "calls-total":9,"rejected":1,"timeouts":0,"busy":0.5,
      "ports":[{"name":"ext","address":"192.0.2.1","free":96,"total":100}]})"));
  EXPECT_EQ(text,
            "mediad 1.2  up 1:02:05  DRAINING\n"
            "calls 3 now, 9 in all, 1 rejected, 0 timed out; busiest worker 50.0 %\n"
            "ports ext 192.0.2.1: 96 of 100 free\n");
}

TEST(CtlPrint, ACallWithItsDrops) {
  const auto text =
      print_reply("call", Json::parse(R"({"call":{"call-id":"c","state":"answered","age":5,"worker":0,
      "choices":["audio: PCMU relayed"],"parties":[{"tag":"a","label":"","medias":[{"index":1,"type":"audio",
      "protocol":"RTP/AVP","running":true,"active":false,"transcoded":true,"receives":"PCMU/8000","becomes":"opus/48000/2",
      "remote":"198.51.100.1:6000","local":"192.0.2.1:30000","packets-in":7,"drops":{"too_late":3},
      "sources":[{"ssrc":5,"packets":7,"lost":1,"loss-percent":12.5,"mos":null,"mos-estimated":true}]}]}]}})"));
  EXPECT_THAT(text, HasSubstr("chosen: audio: PCMU relayed"));
  EXPECT_THAT(text, HasSubstr("audio 1 RTP/AVP  on hold"));
  EXPECT_THAT(text,
              HasSubstr("198.51.100.1:6000 -> our 192.0.2.1:30000, sends PCMU/8000, becomes opus/48000/2"));
  EXPECT_THAT(text, HasSubstr("dropped too_late: 3"));
  EXPECT_THAT(text, HasSubstr("SSRC 5: 7 packets, lost 1 (12.5 %)"));
  EXPECT_THAT(text, HasSubstr("MOS - (estimated)"));
}

TEST(CtlPrint, TopShowsRates) {
  const auto at = [](double uptime, int packets, int drops) {
    return Json{{"uptime", uptime},
                {"calls", 1},
                {"requests", {{"offer", packets / 10}}},
                {"workers",
                 {{{"sessions", 1},
                   {"packets-in", packets},
                   {"busy-ns", packets * 10000},
                   {"effort-ceiling", 4},
                   {"codecs",
                    {{"G729/8000",
                      {{"encode", {{"packets", packets}, {"batches", packets / 10}, {"ns", packets * 5000}}},
                       {"decode", {{"packets", 0}}}}}}},
                   {"drops", {{"too_late", drops}}}}}}};
  };
  const auto text = print_top(at(10, 1000, 5), at(12, 3000, 9));
  EXPECT_THAT(text, HasSubstr("offers/s 100"));
  EXPECT_THAT(text, HasSubstr(" 1000 "));
  EXPECT_THAT(text, HasSubstr("too_late 2"));
  EXPECT_THAT(text, ContainsRegex("G729/8000 +encode +1000 +10.0 +5.00 +0.0"));
  EXPECT_THAT(text, Not(HasSubstr("decode")));
  EXPECT_THAT(print_top(at(10, 1000, 5), at(12, 3000, 5)), Not(HasSubstr("too_late")));
}

TEST(CtlPrint, WhatIsMissingDoesNotMatter) {
  for (const auto* command : {"status", "calls", "call", "explain", "drain", "kill", "other"}) {
    EXPECT_FALSE(print_reply(command, Json::object()).empty()) << command;
  }
}

}  // namespace
}  // namespace mediad

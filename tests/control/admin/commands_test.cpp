#include "control/admin/commands.h"

#include <nlohmann/json.hpp>

#include "tests/control/call_fixture.h"

namespace control::admin {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class CommandsTest : public CallServiceTest {
 protected:
  json ask(std::string_view request) { return json::parse(commands.handle(request, now)); }
  void begin_call() {
    EXPECT_TRUE(offer("a", "", audio(6000)));
    EXPECT_TRUE(answer("a", "b", audio(7000)));
    settle();
  }

  bool drained{false};
  Commands commands{{*service, "1.2.3", kStart,
                     [](base::Instant at) { return base::WallTime{at.time_since_epoch()}; },
                     [this] { drained = true; }, [this] { drained = false; }}};
};

TEST_F(CommandsTest, Status) {
  begin_call();
  now += seconds{5};
  const auto reply = ask(R"({"command":"status"})");
  EXPECT_EQ(reply["result"], "ok");
  EXPECT_EQ(reply["version"], "1.2.3");
  EXPECT_EQ(reply["uptime"], 5.0);
  EXPECT_EQ(reply["calls"], 1);
  EXPECT_EQ(reply["ports"][0]["total"], 100);
  EXPECT_EQ(reply["ports"][0]["free"], 96);
}

TEST_F(CommandsTest, CallsAndOneOfThem) {
  EXPECT_EQ(ask(R"({"command":"calls"})")["calls"], json::array());
  begin_call();
  auto& stats = worker.only().stats.endpoints[0];
  stats.rtp_packets_in.add(7);
  stats.drops[static_cast<std::size_t>(dataplane::Drop::kTooLate)].add(3);
  const auto row = ask(R"({"command":"calls"})")["calls"][0];
  EXPECT_EQ(row["call-id"], "call");
  EXPECT_EQ(row["state"], "answered");
  EXPECT_EQ(row["packets"], 7);
  const auto call = ask(R"({"command":"call","call-id":"call"})")["call"];
  EXPECT_EQ(call["parties"][0]["tag"], "a");
  const auto& media = call["parties"][0]["medias"][0];
  EXPECT_EQ(media["packets-in"], 7);
  EXPECT_EQ(media["drops"], (json{{"too_late", 3}}));
  EXPECT_EQ(media["receives"], "PCMU/8000");
  EXPECT_EQ(ask(R"({"command":"explain","call-id":"call"})")["text"].get<std::string>().substr(0, 18),
            "audio 1 from \"a\" t");
}

TEST_F(CommandsTest, KillDrainAndResume) {
  begin_call();
  EXPECT_EQ(ask(R"({"command":"kill","call-id":"call"})")["result"], "ok");
  EXPECT_EQ(service->calls(), 0U);
  EXPECT_EQ(ask(R"({"command":"kill","call-id":"call"})")["error-reason"], "unknown call-id");
  EXPECT_EQ(ask(R"({"command":"drain"})")["result"], "ok");
  EXPECT_TRUE(drained);
  EXPECT_FALSE(offer("a", "", audio(6000)));
  ask(R"({"command":"resume"})");
  EXPECT_FALSE(drained);
  EXPECT_TRUE(offer("a", "", audio(6000)));
}

TEST_F(CommandsTest, TopHasAFigureForEachWorker) {
  worker.link.stats.packets_in.add(11);
  const auto reply = ask(R"({"command":"top"})");
  EXPECT_EQ(reply["workers"][0]["packets-in"], 11);
  EXPECT_EQ(reply["requests"]["offer"], 0);
}

TEST_F(CommandsTest, NonsenseIsAnError) {
  for (const auto* request : {"", "x", "[]", "{}", R"({"command":7})", R"({"command":"x"})",
                              R"({"command":"call"})", R"({"command":"kill","call-id":{}})"}) {
    EXPECT_EQ(ask(request)["result"], "error") << request;
  }
}

}  // namespace
}  // namespace control::admin

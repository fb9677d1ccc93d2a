#include "control/registrar/binding_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace control {
namespace {

using namespace std::chrono_literals;

Binding binding_of(const std::string& user, sip::Transport transport, base::Instant expires) {
  Binding b;
  b.user = user;
  b.contact = "sip:" + user + "@10.0.0.1";
  b.instance = "\"<urn:uuid:1>\"";
  b.reg_id = 2;
  b.q = 500;
  b.path = "<sip:edge.example.com;lr>";
  b.flow = {transport,
            3,
            transport == sip::Transport::kUdp ? 0U : 9U,
            {*base::IpAddress::parse("2001:db8::1"), {5062}}};
  b.call_id = "call";
  b.cseq = 7;
  b.user_agent = "Phone 'x'";
  b.expires = expires;
  return b;
}

TEST(SqliteBindingStore, BindingsSurviveARestart) {
  const auto file =
      std::filesystem::temp_directory_path() / ("binding_store_test." + std::to_string(getpid()) + ".db");
  std::filesystem::remove(file);
  const base::Instant before{1000s};
  const base::WallTime wall{1'700'000'000s};
  {
    auto store = SqliteBindingStore::open(file.string());
    ASSERT_TRUE(store) << store.error().text;
    ASSERT_TRUE((*store)->save({{"alice",
                                 {binding_of("alice", sip::Transport::kUdp, before + 600s),
                                  binding_of("alice", sip::Transport::kTcp, before + 600s)}},
                                {"bob", {binding_of("bob", sip::Transport::kUdp, before + 60s)}}},
                               before, wall));
  }
  // Another boot: the monotonic clock starts anew, 100 s have passed.
  const base::Instant after{5s};
  auto store = SqliteBindingStore::open(file.string());
  ASSERT_TRUE(store);
  const auto loaded = (*store)->load(after, wall + 100s);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->size(), 2U);
  const auto& b = loaded->front();
  const auto expected = binding_of("alice", sip::Transport::kUdp, after + 500s);
  EXPECT_EQ(b.contact, expected.contact);
  EXPECT_EQ(b.instance, expected.instance);
  EXPECT_EQ(b.reg_id, 2U);
  EXPECT_EQ(b.q, 500);
  EXPECT_EQ(b.path, expected.path);
  EXPECT_EQ(b.flow, expected.flow);
  EXPECT_EQ(b.cseq, 7U);
  EXPECT_EQ(b.user_agent, expected.user_agent);
  EXPECT_EQ(b.expires, expected.expires);
  EXPECT_TRUE(b.flow_is_alive);
  // A connection is gone, and its number may be another's now.
  EXPECT_FALSE(loaded->back().flow_is_alive);
  ASSERT_TRUE((*store)->save({{"alice", {}}}, after, wall + 100s));
  EXPECT_TRUE((*store)->load(after, wall + 100s)->empty());
  store->reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
}

}  // namespace
}  // namespace control

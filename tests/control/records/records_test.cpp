#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "control/records/record_reader.h"
#include "control/records/record_writer.h"

namespace control {
namespace {

using namespace std::chrono_literals;

/// 2026-11-25T14:30:05.250Z
constexpr base::WallTime kStart{std::chrono::milliseconds{1795617005250}};

class Records : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path{testing::TempDir()} /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    file_ = (folder_ / "calls.db").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void write(std::vector<CallRecord> records, std::chrono::days retention = std::chrono::days{0}) {
    auto writer = RecordWriter::open({file_, retention});
    ASSERT_TRUE(writer);
    for (auto& each : records) (*writer)->write(std::move(each));
  }
  std::unique_ptr<RecordReader> reader() { return *RecordReader::open(file_); }

  static CallRecord answered() {
    CallRecord r{"f00d",    "1-2@phone", "101",       "4930123",   "101",
                 "carrier", kStart,      kStart + 1s, kStart + 2s, kStart + 12s};
    r.status = 200;
    r.ended_by = "callee";
    r.transcoded = true;
    r.sides[0] = {"PCMU/8000, telephone-event/8000", 0.5, 4.3};
    r.sides[1] = {"opus/48000/2", std::nullopt, std::nullopt};
    return r;
  }
  static CallRecord refused() {
    CallRecord r{"", "9@x", "=cmd()", "555", "carrier", "", kStart + 1h, {}, {}, kStart + 1h};
    r.status = 404;
    r.reason = "Not \"Found\"";
    r.ended_by = "mediad";
    return r;
  }

  std::filesystem::path folder_;
  std::string file_;
};

TEST_F(Records, AreReadAgainAsCsv) {
  write({answered(), refused()});
  EXPECT_EQ(
      reader()->csv({}, 0),
      "number,id,call_id,caller,dialled,origin,destination,started,rang,answered,ended,duration_s,status,"
      "reason,"
      "ended_by,transcoded,caller_codecs,caller_loss_percent,caller_mos,callee_codecs,callee_loss_percent,"
      "callee_mos\r\n"
      "1,f00d,1-2@phone,101,4930123,101,carrier,2026-11-25T14:30:05.250Z,2026-11-25T14:30:06.250Z,"
      "2026-11-25T14:30:07.250Z,2026-11-25T14:30:17.250Z,10.000,200,,callee,1,\"PCMU/8000, "
      "telephone-event/8000\","
      "0.50,4.30,opus/48000/2,,\r\n"
      "2,,9@x,'=cmd(),555,carrier,,2026-11-25T15:30:05.250Z,,,2026-11-25T15:30:05.250Z,0.000,404,"
      "\"Not \"\"Found\"\"\",mediad,0,,,,,,\r\n");
}

TEST_F(Records, ComeInPagesAndFromADate) {
  std::vector<CallRecord> many(1200, answered());
  many.back() = refused();
  write(std::move(many));
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  EXPECT_EQ(lines(reader()->csv({}, 0)), 501);
  EXPECT_EQ(lines(reader()->csv({}, 500)), 500);
  EXPECT_EQ(lines(reader()->csv({}, 1000)), 200);
  EXPECT_EQ(reader()->csv({}, 1200), "");
  EXPECT_EQ(lines(reader()->csv(kStart + 1s, 0)), 2);
  EXPECT_EQ(lines(reader()->list({})), 50);
}

TEST_F(Records, AreListedForPeople) {
  write({answered()});
  EXPECT_EQ(reader()->list({}),
            "2026-11-25T14:30:05.250Z  101 to 4930123 at carrier  200   10.0 s  ended by callee  mos 4.3/-  "
            "f00d\n");
}

TEST_F(Records, AreThereWhileTheWriterLives) {
  auto writer = *RecordWriter::open({file_, std::chrono::days{0}});
  writer->write(answered());
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (reader()->csv({}, 0).empty() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(10ms);
  EXPECT_NE(reader()->csv({}, 0), "");
  EXPECT_EQ(writer->lost(), 0U);
}

TEST_F(Records, AreForgottenAfterTheirTime) {
  auto old = answered();
  old.started =
      std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now()) - std::chrono::days{8};
  auto young = answered();
  young.started = old.started + std::chrono::days{2};
  write({old, young});
  auto writer = *RecordWriter::open({file_, std::chrono::days{7}});
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  const auto lines = [&] {
    const auto text = reader()->csv({}, 0);
    return std::count(text.begin(), text.end(), '\n');
  };
  while (lines() != 2 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(lines(), 2);
}

TEST_F(Records, AFolderThatCannotBeIsAnError) {
  EXPECT_FALSE(RecordWriter::open({"/dev/null/calls.db", std::chrono::days{0}}));
}

TEST(Since, IsADateATimeOrAnAge) {
  const base::WallTime now = kStart;
  const auto day = std::chrono::floor<std::chrono::days>(kStart);
  EXPECT_EQ(parse_since("2026-11-25", now), day);
  EXPECT_EQ(parse_since("2026-11-25T14:30", now), day + 14h + 30min);
  EXPECT_EQ(parse_since("2026-11-25T14:30:05", now), day + 14h + 30min + 5s);
  EXPECT_EQ(parse_since("30m", now), now - 30min);
  EXPECT_EQ(parse_since("12h", now), now - 12h);
  EXPECT_EQ(parse_since("7d", now), now - std::chrono::days{7});
  for (const char* wrong : {"", "yesterday", "2026-13-01", "2026-11-25T", "2026-11-25T25:00",
                            "2026-11-25 14:30", "12", "-3d", "999999999d", "999999999m", "99999-01-01"})
    EXPECT_FALSE(parse_since(wrong, now)) << wrong;
}

}  // namespace
}  // namespace control

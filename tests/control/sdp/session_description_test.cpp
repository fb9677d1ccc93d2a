#include "control/sdp/session_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace control::sdp {
namespace {

using ::testing::HasSubstr;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::filesystem::path data(std::string_view name) {
  return std::filesystem::path(MEDIAD_TEST_DATA) / "sdp" / name;
}

SessionDescription load(std::string_view name) {
  auto description = SessionDescription::parse(read_file(data(name)));
  EXPECT_TRUE(description) << name;
  return *std::move(description);
}

constexpr std::string_view kHead = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n";

std::string error_of(std::string_view text) {
  const auto description = SessionDescription::parse(text);
  return description ? "no error" : description.error().text;
}

TEST(SessionDescription, EveryVendorsComesBackOctetForOctet) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(data(""))) {
    if (entry.path().extension() != ".sdp") continue;
    const auto text = read_file(entry.path());
    const auto description = SessionDescription::parse(text);
    ASSERT_TRUE(description) << entry.path() << ": " << description.error().text;
    EXPECT_EQ(description->print(), text) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 20U);
}

TEST(SessionDescription, KeepsWhatItDoesNotUnderstand) {
  const std::string text =
      "v=0\r\no=-   1 1 IN IP4   192.0.2.1 \r\ns= \r\nq=?\r\nt=0 0\r\nZ=\r\na= odd : value\r\n"
      "m=audio  5000   RTP/AVP 0 \r\nx=y\r\na=rtpmap:nonsense\r\na=\xc3\xa9:\xff\r\n";
  const auto description = SessionDescription::parse(text);
  ASSERT_TRUE(description) << description.error().text;
  EXPECT_EQ(description->print(), text);
}

TEST(SessionDescription, TakesBareLineFeedsAndPrintsCrlf) {
  const auto description =
      SessionDescription::parse("v=0\no=- 1 1 IN IP4 192.0.2.1\n\ns=-\nt=0 0\nm=audio 9 RTP/AVP 0");
  ASSERT_TRUE(description);
  EXPECT_EQ(description->print(),
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n");
}

TEST(SessionDescription, EditsTouchJustTheirLine) {
  auto description = load("nec-philips-ipdect-g729.sdp");
  auto& audio = description.medias.at(0);
  auto line = audio.media();
  line.port = 40000;
  audio.set_media(line);
  audio.set_attribute("ptime", "20");
  description.session.set('c', Connection::of(base::IpAddress::v4(198, 51, 100, 1)).to_string());
  auto expected = read_file(data("nec-philips-ipdect-g729.sdp"));
  const auto replace = [&expected](std::string_view from, std::string_view to) {
    expected.replace(expected.find(from), from.size(), to);
  };
  replace("m=audio 4376", "m=audio 40000");
  replace("a=ptime:30", "a=ptime:20");
  replace("c=IN IP4 192.168.105.110", "c=IN IP4 198.51.100.1");
  EXPECT_EQ(description.print(), expected);
}

TEST(SessionDescription, SessionLevelValuesHoldForStreamsWithoutTheirOwn) {
  const auto description = SessionDescription::parse(
      std::string("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\na=inactive\n"
                  "m=audio 1 RTP/AVP 0\n"
                  "m=audio 2 RTP/AVP 0\nc=IN IP6 2001:db8::1\na=sendonly\n"));
  ASSERT_TRUE(description);
  const auto& medias = description->medias;
  EXPECT_EQ(description->connection(medias[0])->address, "192.0.2.1");
  EXPECT_EQ(description->connection(medias[1])->address, "2001:db8::1");
  EXPECT_EQ(description->direction(medias[0]), Direction::kInactive);
  EXPECT_EQ(description->direction(medias[1]), Direction::kSendOnly);
}

TEST(SessionDescription, DefaultDirectionIsSendrecv) {  // RFC 8866 §6.7
  const auto description = load("sipp-3.6-uac-pcmu.sdp");
  EXPECT_EQ(description.direction(description.medias[0]), Direction::kSendRecv);
}

TEST(SessionDescription, ErrorsNameTheLine) {
  const std::string head(kHead);
  EXPECT_EQ(error_of(""), "sdp is empty");
  EXPECT_EQ(error_of("\r\n\r\n"), "sdp is empty");
  EXPECT_EQ(error_of("hello"), "sdp line 1: not of the form x=value: \"hello\"");
  EXPECT_EQ(error_of("v=1\r\n"), "sdp line 1: not v=0: \"v=1\"");
  EXPECT_EQ(error_of("v=0\r\ns=-\r\n"), "sdp has no o= line");
  EXPECT_EQ(error_of("v=0\r\no=- 1 IN IP4 192.0.2.1\r\n"),
            "sdp line 2: not an origin: \"o=- 1 IN IP4 192.0.2.1\"");
  EXPECT_EQ(error_of(head + "c=IN IP4\r\n"), "sdp line 5: not a connection address: \"c=IN IP4\"");
  EXPECT_EQ(error_of(head + "m=audio RTP/AVP 0\r\n"),
            "sdp line 5: not a media description: \"m=audio RTP/AVP 0\"");
  EXPECT_THAT(error_of(head + "a=x\ry\r\n"), HasSubstr("line 5: a carriage return"));
  EXPECT_THAT(error_of(head + std::string("a=x\0y\r\n", 7)), HasSubstr("line 5: a NUL octet"));
}

TEST(SessionDescription, QuotesOfBadLinesAreShortAndPrintable) {
  const auto text = error_of("v=0\r\n\x1b[31m" + std::string(5000, 'x'));
  EXPECT_LT(text.size(), 120U);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(SessionDescription, HasLimits) {
  const std::string head(kHead);
  EXPECT_EQ(error_of(std::string(kMaxSize + 1, 'v')), "sdp of 65537 octets: at most 65536");
  std::string lines = head;
  for (std::size_t i = 0; i < kMaxLines; ++i) lines += "a=x\r\n";
  EXPECT_EQ(error_of(lines), "sdp line 2001: more than 2000 lines");
  std::string medias = head;
  for (std::size_t i = 0; i < kMaxMedias; ++i) medias += "m=audio 9 RTP/AVP 0\r\n";
  EXPECT_EQ(error_of(medias), "no error");
  EXPECT_EQ(error_of(medias + "m=audio 9 RTP/AVP 0\r\n"), "sdp line 37: more than 32 media descriptions");
}

}  // namespace
}  // namespace control::sdp

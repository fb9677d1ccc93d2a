#include "dataplane/rtp/rtcp/writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/receiver_report.h"
#include "dataplane/rtp/rtcp/source_description.h"
#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp::rtcp {
namespace {

TEST(Writer, RebuildsTheHostileCaptureOctetForOctet) {
  const auto captured = test::read_packets("asterisk-hostile-rtcp.txt").front().octets;
  auto it = Compound::parse(captured)->begin();
  const auto sr = parse_sender_report(*it);
  const ReportBlock block = read_report_block(sr->blocks.data());
  std::vector<std::byte> buffer(kLongestReport);
  Writer writer(buffer);
  writer.sender_report(*sr, {&block, 1});
  writer.receiver_report(0x6a1b26d7, {&block, 1});
  writer.cname(0x6a1b26d7, "nr");
  ASSERT_TRUE(writer.ok());
  // All but its SDES, which is a word longer than it need be.
  const auto written = writer.octets();
  ASSERT_GE(written.size(), 84u);
  EXPECT_TRUE(std::equal(written.begin(), written.begin() + 84, captured.begin()));
  EXPECT_EQ(written.size() + 0, Compound::parse(written, Framing::kFull) ? written.size() : 0);
}

TEST(Writer, TheLongestReportFits) {
  std::vector<std::byte> buffer(kLongestReport);
  const std::vector<ReportBlock> blocks(40);
  Writer writer(buffer);
  writer.sender_report({}, blocks);
  writer.cname(1, std::string(300, 'c'));
  writer.bye(1);
  ASSERT_TRUE(writer.ok());
  const auto compound = Compound::parse(writer.octets(), Framing::kFull);
  ASSERT_TRUE(compound);
  auto it = compound->begin();
  EXPECT_EQ((*it).count, kMostBlocks);
  ++it;
  EXPECT_EQ(cname_of(*it, 1)->size(), kLongestCname);
  ++it;
  EXPECT_EQ(parse_bye(*it)->source(0), 1u);
}

TEST(Writer, SaysWhenThereIsNoRoom) {
  for (std::size_t room = 0; room < 28 + 16; ++room) {
    std::vector<std::byte> buffer(room);
    Writer writer(buffer);
    writer.sender_report({}, {});
    writer.cname(1, "abc");
    EXPECT_FALSE(writer.ok()) << room;
    EXPECT_TRUE(writer.octets().size() == 0 || writer.octets().size() == 28);
  }
}

}  // namespace
}  // namespace dataplane::rtp::rtcp

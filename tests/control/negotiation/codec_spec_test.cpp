#include "control/negotiation/codec_spec.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(CodecSpec, ReadsEveryField) {
  const auto spec = CodecSpec::parse("opus/48000/2/32000/40/useinbandfec--1;stereo--0/complexity=5");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->encoding, "opus");
  EXPECT_EQ(spec->clock_rate, 48000U);
  EXPECT_EQ(spec->channels, 2);
  EXPECT_EQ(spec->bit_rate, 32000);
  EXPECT_EQ(spec->ptime_ms, 40);
  EXPECT_EQ(spec->fmtp, "useinbandfec=1;stereo=0");
}

TEST(CodecSpec, FieldsMayBeEmpty) {
  const auto spec = CodecSpec::parse("iLBC/8000/1///mode=30");
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->bit_rate, 0);
  EXPECT_EQ(spec->ptime_ms, 0);
  EXPECT_EQ(spec->fmtp, "mode=30");
}

TEST(CodecSpec, RefusesWhatCannotBeRead) {
  for (const auto* text :
       {"", "/8000", "opus/fast", "opus/48000/x", "opus/48000/2/many", "opus/48000/2/1/-1"}) {
    EXPECT_FALSE(CodecSpec::parse(text)) << text;
  }
}

TEST(CodecSpec, MatchesWhatItNames) {
  const codecs::Format opus{"opus", {48000}, 2, "stereo=1"};
  struct Row {
    const char* spec;
    bool matches;
  };
  for (const auto& row :
       {Row{"opus", true}, Row{"OPUS", true}, Row{"opus/48000", true}, Row{"opus/48000/2", true},
        Row{"opus/48000/1", false}, Row{"opus/8000", false}, Row{"PCMU", false}, Row{"all", false}}) {
    EXPECT_EQ(CodecSpec::parse(row.spec)->matches(opus), row.matches) << row.spec;
  }
}

}  // namespace
}  // namespace control

// Any datagram as RTCP: refused, or walked and heard without a crash and without a span outside of it.
#include "dataplane/rtp/rtcp/application.h"
#include "dataplane/rtp/rtcp/bye.h"
#include "dataplane/rtp/rtcp/compound.h"
#include "dataplane/rtp/rtcp/extended_report.h"
#include "dataplane/rtp/rtcp/feedback.h"
#include "dataplane/rtp/rtcp/reporter.h"
#include "dataplane/rtp/rtcp/source_description.h"
#include "dataplane/rtp/rtcp/writer.h"

namespace {

/// Touches every octet of a view, so that a sanitizer sees one that lies outside.
unsigned touch(base::Octets octets) {
  unsigned sum = 0;
  for (const std::byte octet : octets) sum += std::to_integer<unsigned>(octet);
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace dataplane::rtp::rtcp;
  const base::Octets datagram = std::as_bytes(std::span{data, size});
  const auto compound = Compound::parse(datagram);
  if (!compound) return 0;
  unsigned sum = compound->sender().value_or(0);
  std::size_t packets = 0;
  for (const Packet packet : *compound) {
    ++packets;
    sum += touch(packet.body);
    if (const auto app = parse_application(packet))
      sum += touch(base::as_octets(app->name)) + touch(app->data);
    if (const auto feedback = parse_feedback(packet)) sum += touch(feedback->fci);
    if (const auto metrics = find_voip_metrics(packet)) sum += metrics->r_factor;
    if (const auto bye = parse_bye(packet)) sum += touch(bye->sources) + touch(base::as_octets(bye->reason));
    const auto cname = cname_of(packet, 0x6a1b26d7);
    if (cname) sum += touch(base::as_octets(*cname));
  }
  if (packets == 0 || packets > size / kCommonHeaderSize) __builtin_trap();

  Reporter reporter(1, "fuzz");
  reporter.relay(*compound, base::Instant{std::chrono::seconds{1}});
  reporter.hear(*compound, base::Instant{std::chrono::seconds{2}});
  std::byte buffer[kLongestReport];
  if (reporter.report(buffer, {}, {}).empty()) __builtin_trap();
  volatile unsigned sink = sum;
  (void)sink;
  return 0;
}

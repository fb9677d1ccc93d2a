// The verdict of RFC 4475 and RFC 5118 on each of their messages, and ours.

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "control/sip/uas_checks.h"
#include "control/sip/wire/parse.h"

namespace control::sip {
namespace {

constexpr int kAccept = 200;
constexpr int kDrop = 0;

struct Case {
  const char* name;
  const char* section;
  int strict;   ///< kAccept, kDrop or the status of the refusal
  int lenient;  ///< the same with every Leniency
  const char* what;
};

// "the RFC": what RFC 4475 says of the message; where it leaves a choice, strict refuses and lenient accepts.
constexpr Case kRfc4475[] = {
    {"wsinv", "3.1.1.1", kAccept, kAccept, "valid: folding and space everywhere"},
    {"intmeth", "3.1.1.2", 501, 501, "valid: unknown method, unusual characters"},
    {"esc01", "3.1.1.3", kAccept, kAccept, "valid: escapes in URIs"},
    {"escnull", "3.1.1.4", kAccept, kAccept, "valid: escaped NULs in URIs"},
    {"esc02", "3.1.1.5", 501, 501, "valid: % is no escape in a method"},
    {"lwsdisp", "3.1.1.6", kAccept, kAccept, "valid: no space before <"},
    {"longreq", "3.1.1.7", kAccept, kAccept, "valid: long values, 34 Vias"},
    {"dblreq", "3.1.1.8", kAccept, kAccept, "valid: octets behind the body are dropped"},
    {"semiuri", "3.1.1.9", kAccept, kAccept, "valid: semicolon in the user part"},
    {"transports", "3.1.1.10", kAccept, kAccept, "valid: unknown transports in Via"},
    {"mpart01", "3.1.1.11", kAccept, kAccept, "valid: multipart with binary"},
    {"unreason", "3.1.1.12", kAccept, kAccept, "valid: unusual reason phrase"},
    {"noreason", "3.1.1.13", kAccept, kAccept, "valid: empty reason phrase"},
    {"badinv01", "3.1.2.1", 400, 400, "invalid: extraneous separators"},
    {"clerr", "3.1.2.2", 400, 400, "invalid: Content-Length larger than the datagram"},
    {"ncl", "3.1.2.3", 400, 400, "invalid: negative Content-Length"},
    {"scalar02", "3.1.2.4", 400, 400, "invalid: request scalars out of range"},
    {"scalarlg", "3.1.2.5", kDrop, kDrop, "invalid: response scalars out of range"},
    {"quotbal", "3.1.2.6", 400, 400, "invalid: unterminated quoted string"},
    {"ltgtruri", "3.1.2.7", 400, kAccept, "invalid: <> around Request-URI; may be ignored"},
    {"lwsruri", "3.1.2.8", 400, 400, "invalid: space within Request-URI"},
    {"lwsstart", "3.1.2.9", 400, kAccept, "invalid: several SP in the start line; may be ignored"},
    {"trws", "3.1.2.10", 400, kAccept, "invalid: SP behind the start line; may be ignored"},
    {"escruri", "3.1.2.11", 400, kAccept, "invalid: headers in Request-URI; may be ignored"},
    {"baddate", "3.1.2.12", 400, kAccept, "invalid: Date not in GMT; may be ignored"},
    {"regbadct", "3.1.2.13", 400, kAccept, "invalid: Contact without its <>; may be guessed"},
    {"badaspec", "3.1.2.14", 400, kAccept, "invalid: space within addr-spec; may be ignored"},
    {"baddn", "3.1.2.15", 400, kAccept, "invalid: non-token in a display name; may be ignored"},
    {"badvers", "3.1.2.16", 505, 505, "invalid: unknown protocol version"},
    {"mismatch01", "3.1.2.17", 400, 400, "invalid: CSeq method is another"},
    {"mismatch02", "3.1.2.18", 400, 400, "invalid: the same with an unknown method (400 or 501)"},
    {"bigcode", "3.1.2.19", kDrop, kDrop, "invalid: overlarge status"},
    {"badbranch", "3.2.1", 400, 400, "invalid: branch is the bare cookie"},
    {"insuf", "3.3.1", 400, 400, "refused: required headers missing"},
    {"unkscm", "3.3.2", 416, 416, "refused: unknown URI scheme"},
    {"novelsc", "3.3.3", 416, 416, "refused: known but atypical scheme"},
    {"unksm2", "3.3.4", kAccept, kAccept, "well-formed: the registrar refuses its To"},
    {"bext01", "3.3.5", 420, 420, "refused: Require and Proxy-Require"},
    {"invut", "3.3.6", 415, 415, "refused: unknown Content-Type"},
    {"regaut01", "3.3.7", kAccept, kAccept, "well-formed: the gate challenges its scheme"},
    {"multi01", "3.3.8", 400, 400, "refused: several values of single-value headers"},
    {"mcl01", "3.3.9", 400, 400, "refused: several Content-Lengths"},
    {"bcast", "3.3.10", kDrop, kDrop, "dropped: response with a second Via"},
    {"zeromf", "3.3.11", kAccept, kAccept, "valid: OPTIONS with Max-Forwards 0 is answered here"},
    {"cparam01", "3.3.12", kAccept, kAccept, "valid: Contact parameter of the header"},
    {"cparam02", "3.3.13", kAccept, kAccept, "valid: Contact parameter of the URI"},
    {"regescrt", "3.3.14", kAccept, kAccept, "valid: escaped Route in a Contact"},
    {"sdp01", "3.3.15", 406, 406, "refused: Accept without SDP"},
    {"inv2543", "3.4.1", kAccept, kAccept, "valid: INVITE of RFC 2543"},
};

constexpr Case kRfc5118[] = {
    {"ipv6-good", "4.1", kAccept, kAccept, "valid: IPv6 reference"},
    {"ipv6-bad", "4.2", 400, 400, "invalid: IPv6 address without brackets"},
    {"port-ambiguous", "4.3", kAccept, kAccept, "valid: the port is part of the address"},
    {"port-unambiguous", "4.4", kAccept, kAccept, "valid: port behind the reference"},
    {"via-received-param-with-delim", "4.5", kAccept, kAccept, "received in brackets is to be accepted"},
    {"via-received-param-no-delim", "4.5", kAccept, kAccept, "valid: received without brackets"},
    {"ipv6-in-sdp", "4.6", kAccept, kAccept, "valid: IPv6 in SDP"},
    {"mult-ip-in-header", "4.7", kAccept, kAccept, "valid: both families in Vias"},
    {"mult-ip-in-sdp", "4.8", kAccept, kAccept, "valid: both families in SDP"},
    {"ipv4-mapped-ipv6", "4.9", kAccept, kAccept, "valid: IPv4-mapped addresses"},
    {"ipv6-bug-abnf-3-colons", "4.10", kAccept, kAccept, "three colons are to be accepted"},
    {"ipv6-correct-abnf-2-colons", "4.10", kAccept, kAccept, "valid: two colons"},
};

std::string read_file(const std::string& folder, const std::string& name) {
  std::ifstream in(std::string(MEDIAD_TEST_DATA) + "/sip/" + folder + "/" + name + ".sip", std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

int verdict_of(const std::string& octets, const Leniency& leniency) {
  const auto parsed = parse(octets, Framing::kDatagram, leniency);
  if (parsed.fault) return parsed.answerable ? parsed.fault->status : kDrop;
  if (!parsed.message.is_request())
    return parsed.message.via_count() == 1 ? kAccept : kDrop;  // RFC 3261 §8.1.3.3
  const auto refusal = refuse_unservable(parsed.message);
  return refusal ? refusal->status : kAccept;
}

std::string name_of_verdict(int verdict) {
  return verdict == kAccept ? "accept" : verdict == kDrop ? "drop" : std::to_string(verdict);
}

template <std::size_t N>
void judge(const Case (&cases)[N], const std::string& folder) {
  std::printf("%-30s %-9s %-7s %-7s %s\n", folder.c_str(), "section", "strict", "lenient", "what");
  for (const auto& c : cases) {
    const auto octets = read_file(folder, c.name);
    const int strict = verdict_of(octets, {});
    const int lenient = verdict_of(octets, Leniency::all());
    std::printf("%-30s %-9s %-7s %-7s %s\n", c.name, c.section, name_of_verdict(strict).c_str(),
                name_of_verdict(lenient).c_str(), c.what);
    EXPECT_EQ(strict, c.strict) << c.name;
    EXPECT_EQ(lenient, c.lenient) << c.name;
  }
}

TEST(Torture, All49MessagesOfRfc4475GetTheirVerdict) {
  static_assert(std::size(kRfc4475) == 49);
  judge(kRfc4475, "rfc4475");
}

TEST(Torture, All12MessagesOfRfc5118GetTheirVerdict) {
  static_assert(std::size(kRfc5118) == 12);
  judge(kRfc5118, "rfc5118");
}

TEST(Torture, ShortTortuousInviteIsReadRight) {
  const auto parsed = parse(read_file("rfc4475", "wsinv"));
  ASSERT_FALSE(parsed.fault);
  const auto& m = parsed.message;
  EXPECT_EQ(m.method(), Method::kInvite);
  EXPECT_EQ(m.uri().user, "vivekg");
  EXPECT_EQ(m.uri().param("unknownparam"), "");
  EXPECT_EQ(m.to_tag(), "1918181833n");
  EXPECT_EQ(m.from_tag(), "98asjd8");
  EXPECT_EQ(m.from().display_name(), "J Rosenberg \\\"");
  EXPECT_EQ(m.max_forwards(), 68);
  EXPECT_EQ(m.cseq().number, 9U);
  EXPECT_EQ(m.call_id(), "wsinv.ndaksdj@192.0.2.1");
  EXPECT_EQ(m.via_count(), 3U);
  EXPECT_EQ(m.top_via().transport, "UDP");
  EXPECT_EQ(m.top_via().host, "192.0.2.2");
  EXPECT_EQ(m.top_via().branch, "390skdjuw");
  EXPECT_EQ(m.header(HeaderId::kSubject), "");
  EXPECT_EQ(m.header("unknownheaderwithunusualvalue"), ";;,,;;,;");
  EXPECT_EQ(m.header("NewFangledHeader"), "newfangled value   continued newfangled value");
  const auto contacts = m.addresses(HeaderId::kContact);
  ASSERT_EQ(contacts.size(), 1U);
  EXPECT_EQ(contacts[0].display_name(), "Quoted string \"\"");
  EXPECT_EQ(contacts[0].param("q"), "0.33");
  EXPECT_EQ(contacts[0].param("newparam"), "newvalue");
  EXPECT_EQ(contacts[0].param("secondparam"), "");
  EXPECT_EQ(m.body().size(), 150U);
}

TEST(Torture, UnusualCharactersAreReadRight) {
  const auto parsed = parse(read_file("rfc4475", "intmeth"));
  ASSERT_FALSE(parsed.fault);
  const auto& m = parsed.message;
  EXPECT_EQ(m.method_name(), "!interesting-Method0123456789_*+`.%indeed'~");
  EXPECT_EQ(m.uri().host, "example.com");
  EXPECT_EQ(m.uri().password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  EXPECT_EQ(m.to().display_name(), std::string("BEL:\x07 NUL:\0 DEL:\x7f", 17));
  EXPECT_EQ(m.from_tag(), "_token~1'+`*%!-.");
  EXPECT_EQ(m.max_forwards(), 255);
}

TEST(Torture, OctetsBehindTheBodyAreDropped) {
  const auto parsed = parse(read_file("rfc4475", "dblreq"));
  ASSERT_FALSE(parsed.fault);
  EXPECT_EQ(parsed.message.method(), Method::kRegister);
  EXPECT_EQ(parsed.message.body(), "");
  EXPECT_EQ(parsed.message.text().find("INVITE"), std::string_view::npos);
}

TEST(Torture, BinaryBodiesAreKept) {
  const auto parsed = parse(read_file("rfc4475", "mpart01"));
  ASSERT_FALSE(parsed.fault);
  EXPECT_EQ(parsed.message.body().size(), 553U);
  EXPECT_NE(parsed.message.body().find('\0'), std::string_view::npos);
}

TEST(Torture, AmbiguousPortBelongsToTheAddress) {
  const auto ambiguous = parse(read_file("rfc5118", "port-ambiguous"));
  EXPECT_EQ(ambiguous.message.uri().host, "[2001:db8::10:5070]");
  EXPECT_FALSE(ambiguous.message.uri().port);
  const auto unambiguous = parse(read_file("rfc5118", "port-unambiguous"));
  EXPECT_EQ(unambiguous.message.uri().port, 5070);
}

TEST(Torture, ThreeColonsMeanTwo) {
  const auto three = parse(read_file("rfc5118", "ipv6-bug-abnf-3-colons"));
  const auto two = parse(read_file("rfc5118", "ipv6-correct-abnf-2-colons"));
  ASSERT_TRUE(three.message.uri().host_address());
  EXPECT_EQ(three.message.uri().host_address(), two.message.uri().host_address());
}

}  // namespace
}  // namespace control::sip

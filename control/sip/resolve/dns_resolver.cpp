#include "control/sip/resolve/dns_resolver.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <random>
#include <unordered_map>
#include <utility>

#include "mediad/base/native_address.h"

namespace control::sip {
namespace {

namespace asio = boost::asio;
using Error = boost::system::error_code;

constexpr int kTimeoutMs = 2500;
constexpr int kTries = 2;

std::vector<NaptrRecord> read_naptr(const unsigned char* answer, int length) {
  std::vector<NaptrRecord> records;
  ares_naptr_reply* list = nullptr;
  if (ares_parse_naptr_reply(answer, length, &list) != ARES_SUCCESS) return records;
  const auto text = [](const unsigned char* t) { return std::string(reinterpret_cast<const char*>(t)); };
  for (const auto* each = list; each != nullptr; each = each->next) {
    records.push_back(
        {each->order, each->preference, text(each->flags), text(each->service), each->replacement});
  }
  ares_free_data(list);
  return records;
}

std::vector<SrvRecord> read_srv(const unsigned char* answer, int length) {
  std::vector<SrvRecord> records;
  ares_srv_reply* list = nullptr;
  if (ares_parse_srv_reply(answer, length, &list) != ARES_SUCCESS) return records;
  for (const auto* each = list; each != nullptr; each = each->next) {
    records.push_back({each->priority, each->weight, each->port, each->host});
  }
  ares_free_data(list);
  return records;
}

std::vector<base::IpAddress> read_addresses(const ares_addrinfo* info) {
  std::vector<base::IpAddress> addresses;
  for (const auto* node = info->nodes; node != nullptr; node = node->ai_next) {
    if (const auto address = base::from_native(node->ai_addr)) addresses.push_back(address->ip);
  }
  return addresses;
}

/// c-ares is a process-wide library with a start and an end.
struct AresLibrary {
  AresLibrary() { ares_library_init(ARES_LIB_INIT_ALL); }
  ~AresLibrary() { ares_library_cleanup(); }
};

}  // namespace

struct DnsResolver::Impl {
  /// One URI on its way.
  struct Search {
    Impl* owner;
    Locator locator;
    Done done;
    DnsQuestion asked{};
  };

  Impl(asio::io_context& l, const UsableTransports& u) : loop(l), usable(u), timer(l) {}

  ~Impl() {
    is_closing = true;
    if (channel != nullptr) ares_destroy(channel);
    for (auto& [descriptor, watch] : watches) watch->release();
  }

  base::Result<void> open(const std::string& servers) {
    ares_options options{};
    options.timeout = kTimeoutMs;
    options.tries = kTries;
    options.sock_state_cb = [](void* self, ares_socket_t descriptor, int readable, int writable) {
      static_cast<Impl*>(self)->watch(descriptor, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int error =
        ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (error != ARES_SUCCESS) return base::Error{std::string("dns: ") + ares_strerror(error)};
    if (!servers.empty() && ares_set_servers_ports_csv(channel, servers.c_str()) != ARES_SUCCESS) {
      return base::Error{"dns servers " + servers + ": malformed"};
    }
    return {};
  }

  void watch(ares_socket_t descriptor, bool readable, bool writable) {
    auto at = watches.find(descriptor);
    if (!readable && !writable) {
      if (at == watches.end()) return;
      at->second->release();  // c-ares closes it
      watches.erase(at);
      return;
    }
    if (is_closing) return;
    if (at == watches.end()) {
      at = watches.emplace(descriptor, std::make_shared<asio::posix::stream_descriptor>(loop, descriptor))
               .first;
    }
    if (readable) wait(at->second, asio::posix::stream_descriptor::wait_read);
    if (writable) wait(at->second, asio::posix::stream_descriptor::wait_write);
  }

  void wait(const std::shared_ptr<asio::posix::stream_descriptor>& on,
            asio::posix::stream_descriptor::wait_type type) {
    on->async_wait(type, [this, on, type](Error error) {
      if (error || !on->is_open()) return;
      const ares_socket_t descriptor = on->native_handle();
      const bool reads = type == asio::posix::stream_descriptor::wait_read;
      ares_process_fd(channel, reads ? descriptor : ARES_SOCKET_BAD, reads ? ARES_SOCKET_BAD : descriptor);
      const auto at = watches.find(descriptor);
      if (reads && at != watches.end() && at->second == on) wait(on, type);
      set_timer();
    });
  }

  /// c-ares repeats and gives up when it is looked at in time.
  void set_timer() {
    timeval buffer;
    const timeval* next = ares_timeout(channel, nullptr, &buffer);
    if (next == nullptr) return;
    timer.expires_after(std::chrono::seconds{next->tv_sec} + std::chrono::microseconds{next->tv_usec});
    timer.async_wait([this](Error error) {
      if (error) return;
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      set_timer();
    });
  }

  void advance(std::unique_ptr<Search> search) {
    const auto question = search->locator.next();
    if (!question) return search->done(search->locator.destinations());
    search->asked = *question;
    const char* name = search->asked.name.c_str();
    switch (question->type) {
      case DnsQuestion::Type::kNaptr:
        ares_query(channel, name, ns_c_in, ns_t_naptr, on_records, search.release());
        break;
      case DnsQuestion::Type::kSrv:
        ares_query(channel, name, ns_c_in, ns_t_srv, on_records, search.release());
        break;
      case DnsQuestion::Type::kAddress: {
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        ares_getaddrinfo(channel, name, nullptr, &hints, on_addresses, search.release());
        break;
      }
    }
    set_timer();
  }

  // NAPTR and SRV
  static void on_records(void* argument, int status, int, unsigned char* answer, int length) {
    std::unique_ptr<Search> search(static_cast<Search*>(argument));
    if (search->owner->is_closing) return;
    const bool good = status == ARES_SUCCESS;
    if (search->asked.type == DnsQuestion::Type::kNaptr) {
      search->locator.answer_naptr(good ? read_naptr(answer, length) : std::vector<NaptrRecord>{});
    } else {
      search->locator.answer_srv(search->asked.name,
                                 good ? read_srv(answer, length) : std::vector<SrvRecord>{});
    }
    Impl* owner = search->owner;
    owner->advance(std::move(search));
  }

  static void on_addresses(void* argument, int status, int, ares_addrinfo* info) {
    std::unique_ptr<Search> search(static_cast<Search*>(argument));
    if (search->owner->is_closing) return;
    search->locator.answer_addresses(
        search->asked.name, status == ARES_SUCCESS ? read_addresses(info) : std::vector<base::IpAddress>{});
    if (info != nullptr) ares_freeaddrinfo(info);
    Impl* owner = search->owner;
    owner->advance(std::move(search));
  }

  AresLibrary library;
  asio::io_context& loop;
  UsableTransports usable;
  asio::steady_timer timer;
  ares_channel channel{nullptr};
  bool is_closing{false};
  std::unordered_map<ares_socket_t, std::shared_ptr<asio::posix::stream_descriptor>> watches;
  std::minstd_rand random{std::random_device{}()};
};

DnsResolver::DnsResolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DnsResolver::~DnsResolver() = default;

base::Result<std::unique_ptr<DnsResolver>> DnsResolver::create(asio::io_context& loop,
                                                               const UsableTransports& usable,
                                                               const std::string& servers) {
  auto impl = std::make_unique<Impl>(loop, usable);
  if (auto opened = impl->open(servers); !opened) return opened.error();
  return std::unique_ptr<DnsResolver>(new DnsResolver(std::move(impl)));
}

void DnsResolver::resolve(const std::string& uri, Done done) {
  auto* impl = impl_.get();
  auto draw = [impl](std::uint32_t limit) {
    return static_cast<std::uint32_t>(impl->random() % (std::uint64_t{limit} + 1));
  };
  impl->advance(
      std::make_unique<Impl::Search>(Impl::Search{impl, Locator(uri, impl->usable, draw), std::move(done)}));
}

}  // namespace control::sip

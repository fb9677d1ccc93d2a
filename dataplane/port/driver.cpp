#include "dataplane/port/driver.h"

#include <array>

namespace dataplane {
namespace {

constexpr std::array kDrivers = {
    // af_packet and af_xdp see the frames of local senders before anyone has computed their checksums.
    Driver{PortDriver::kAfPacket, "af_packet", "net_af_packet", 64, true, true, true, false,
           ChecksumTrust::kNobody},
    // af_xdp takes a queue away from the kernel, so an address cannot be shared with it.
    Driver{PortDriver::kAfXdp, "af_xdp", "net_af_xdp", 64, true, false, true, false, ChecksumTrust::kNobody},
    // More queues than four overrun an array inside the driver of DPDK 22.11.
    Driver{PortDriver::kTap, "tap", "net_tap", 4, true, false, true, true, ChecksumTrust::kOctets},
    Driver{PortDriver::kNull, "null", "net_null", 64, false, true, true, false, ChecksumTrust::kOctets},
    Driver{PortDriver::kRing, "ring", "net_ring", 16, false, true, true, false, ChecksumTrust::kOctets},
    Driver{PortDriver::kPcap, "pcap", "net_pcap", 1, false, true, true, false, ChecksumTrust::kOctets},
    Driver{PortDriver::kPci, "pci", "", 64, false, false, false, true, ChecksumTrust::kHardware},
};

}  // namespace

const Driver& driver_of(PortDriver id) {
  return kDrivers[static_cast<std::size_t>(id)];
}

std::string device_arguments(const PortConfig& config, std::uint16_t queues) {
  const auto count = std::to_string(queues);
  switch (config.driver) {
    case PortDriver::kAfPacket:
      // The driver's own 512 frames a queue are 3 ms of a busy port; a worker may be away for longer than
      // that.
      return "iface=" + config.device + ",qpairs=" + count + ",blocksz=65536,framesz=2048,framecnt=4096";
    case PortDriver::kAfXdp:
      return "iface=" + config.device + ",start_queue=0,queue_count=" + count;
    case PortDriver::kTap:
      return "iface=" + config.device;
    case PortDriver::kNull:
    case PortDriver::kPcap:
      return config.device;
    case PortDriver::kRing:
    case PortDriver::kPci:
      break;
  }
  return "";
}

}  // namespace dataplane

// Rows of [network], [disk], [clocks] and [cpu].
#include "absl/strings/str_cat.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

void FinishLink(const DocValue& table, void* object, Problems* problems) {
  const auto& link = *static_cast<const LinkSpec*>(object);
  const bool one_way = !link.from.empty() && !link.to.empty();
  if (!link.between.empty() && link.between.size() != 2) {
    problems->Error(Locate(table, "between").span,
                    "`between` takes exactly two targets",
                    "write between = [\"zone:east\", \"zone:west\"]");
  } else if (link.between.empty() == !one_way) {
    problems->Error(
        table.span, "a link names its ends once",
        "write `between = [a, b]` for both ways, or `from = a, to = b`");
  }
  if (!link.latency && !link.loss && !link.duplicate && !link.reorder &&
      !link.bandwidth) {
    problems->Error(table.span, "this link changes nothing",
                    "add latency, loss, duplicate, reorder or bandwidth");
  }
}

const Table& LinkTable() {
  using S = LinkSpec;
  static const Table kTable{
      .about = "Overrides of single links; later entries win.",
      .style = TableStyle::kInline,
      .fields =
          {
              Value<TargetListCodec, &S::between>(
                  "between", "two targets: every pair across them, both ways",
                  "[\"zone:east\", \"zone:west\"]"),
              Value<TargetListCodec, &S::from>("from", "one way: the senders",
                                               "\"n5\""),
              Value<TargetListCodec, &S::to>("to", "one way: the receivers",
                                             "\"n1\""),
              Value<Maybe<DelayCodec>, &S::latency>("latency", "as above",
                                                    "\"28ms..34ms\""),
              Value<Maybe<ShareCodec>, &S::loss>("loss", "as above", "\"1%\"")
                  .Between(0, kAlways),
              Value<Maybe<ShareCodec>, &S::duplicate>("duplicate", "as above",
                                                      "\"1%\"")
                  .Between(0, kAlways),
              Value<Maybe<ShareCodec>, &S::reorder>("reorder", "as above",
                                                    "\"1%\"")
                  .Between(0, kAlways),
              Value<Maybe<BandwidthCodec>, &S::bandwidth>(
                  "bandwidth", "as above", "\"10Mbit/s\""),
          },
      .defaults = DefaultOf<S>,
      .finish = FinishLink};
  return kTable;
}

}  // namespace

const Table& NetworkTable() {
  using S = NetworkSpec;
  using Q = LinkQuality;
  static const Table kTable{
      .about =
          "The message bus. `profile` sets every value below it; keys "
          "written beside it win.",
      .fields =
          {
              Whole<NetworkProfileCodec>("profile",
                                         "which figures to start from"),
              Value<ChoiceCodec<MessageOrder>, &S::order>(
                  "order", "whether messages of one link may overtake"),
              Value<DelayCodec, &S::quality, &Q::latency>(
                  "latency",
                  "time on the wire: uniform, plus an exponential "
                  "tail",
                  "\"1ms..3ms + exp 500us\""),
              Value<ShareCodec, &S::quality, &Q::loss>("loss", "messages lost")
                  .Between(0, kAlways),
              Value<ShareCodec, &S::quality, &Q::duplicate>(
                  "duplicate", "messages that arrive twice")
                  .Between(0, kAlways),
              Value<ShareCodec, &S::quality, &Q::reorder>(
                  "reorder", "messages that take a detour (order = \"any\")")
                  .Between(0, kAlways),
              Value<DurationCodec, &S::quality, &Q::reorder_by>(
                  "reorder_by", "longest detour"),
              Value<BandwidthCodec, &S::quality, &Q::bandwidth>(
                  "bandwidth", "of each directed link", "\"1Gbit/s\""),
              Rows<&S::links>("links", LinkTable,
                              "overrides of single links; later ones win"),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& DiskTable() {
  using S = DiskSpec;
  static const Table kTable{
      .about = "The disk of every node.",
      .fields =
          {
              Value<ChoiceCodec<DiskDevice>, &S::device>("device",
                                                         "service times"),
              Value<ChoiceCodec<FileSystemProfile>, &S::file_system>(
                  "file_system", "what may survive a power loss without what"),
              Value<SizeCodec, &S::capacity>("capacity", "bytes it holds")
                  .Between(1 << 20, std::int64_t{1} << 42),
              Value<SizeCodec, &S::sector>("sector",
                                           "logical sector: 512B or 4KiB")
                  .Between(512, 4096),
              Value<SizeCodec, &S::torn_writes>(
                  "torn_writes", "unit a power loss can tear at; 0B: none")
                  .Between(0, 64 * 1024),
              Value<ChoiceCodec<AfterFsyncError>, &S::after_fsync_error>(
                  "after_fsync_error",
                  "what becomes of pages whose sync "
                  "failed"),
              Value<SizeCodec, &S::page_cache>("page_cache",
                                               "memory for file pages")
                  .Between(64 * 1024, std::int64_t{1} << 40),
          },
      .defaults = DefaultOf<S>,
      .finish = [](const DocValue& table, void* object, Problems* problems) {
        const auto& disk = *static_cast<const DiskSpec*>(object);
        if (disk.sector != 512 && disk.sector != 4096) {
          problems->Error(Locate(table, "sector").span,
                          "a sector is 512 bytes or 4 KiB",
                          "write \"512B\" or \"4KiB\"");
        }
        if (disk.torn_writes % 512 != 0) {
          problems->Error(Locate(table, "torn_writes").span,
                          "writes tear at multiples of 512 bytes",
                          "write \"512B\", \"4KiB\", or \"0B\" for never");
        }
      }};
  return kTable;
}

const Table& ClocksTable() {
  using S = ClockSpec;
  constexpr std::int64_t kDay = std::int64_t{86'400} * kSecond;
  static const Table kTable{
      .about = "The nodes' clocks; drawn once per node.",
      .fields =
          {
              Value<DurationRangeCodec, &S::offset>(
                  "offset", "of the wall clock", "\"-5ms..5ms\"")
                  .Between(-kDay, kDay),
              Value<RateErrorRangeCodec, &S::drift>(
                  "drift", "rate error of both clocks", "\"-80ppm..80ppm\"")
                  .Between(-500'000, 500'000),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

const Table& CpuTable() {
  using S = CpuSpec;
  static const Table kTable{
      .about = "What work costs on a node's one core: constants.",
      .fields =
          {
              Value<DurationCodec, &S::message>("message",
                                                "per message sent or handled")
                  .Between(0, kSecond),
              Value<DurationCodec, &S::apply>("apply", "per command executed")
                  .Between(0, kSecond),
              Value<DurationCodec, &S::kib>(
                  "kib", "per KiB encoded, decoded or checksummed")
                  .Between(0, kSecond),
          },
      .defaults = DefaultOf<S>};
  return kTable;
}

}  // namespace wringer::sim

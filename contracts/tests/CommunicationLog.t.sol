// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CommunicationLog} from "../src/CommunicationLog.sol";
import {ICommunicationLog} from "../src/ICommunicationLog.sol";
import {Test} from "./Test.sol";

contract CommunicationLogTest is Test {
    bytes32 private constant APPLICATION = keccak256("application");
    CommunicationLog private log = new CommunicationLog();
    address private alice = _actor("alice");
    address private bob = _actor("bob");

    function test_record_numbersFromZeroWithoutGaps() public {
        for (uint64 i = 0; i < 3; ++i) {
            _expectRecorded(alice, ICommunicationLog.Kind.RemoteStore, bytes32(uint256(i)), i);
            vm.prank(alice);
            vm.assertEq(log.record(APPLICATION, ICommunicationLog.Kind.RemoteStore, bytes32(uint256(i))), i);
        }
        vm.assertEq(log.count(APPLICATION, alice), 3);
    }

    function test_record_countsEveryPseudonymAndApplicationApart() public {
        vm.prank(alice);
        log.record(APPLICATION, ICommunicationLog.Kind.RemoteFetch, 0);
        vm.assertEq(log.count(APPLICATION, bob), 0);
        vm.assertEq(log.count(keccak256("another"), alice), 0);
    }

    function test_record_refusesAnUnknownKind() public {
        (bool done,) = address(log).call(abi.encodeWithSelector(log.record.selector, APPLICATION, 3, bytes32(0)));
        vm.assertTrue(!done, "kind 3 was recorded");
    }

    function test_recordMany_goesOnWhereRecordWas() public {
        vm.prank(alice);
        log.record(APPLICATION, ICommunicationLog.Kind.RemoteStore, 0);
        (ICommunicationLog.Kind[] memory kinds, bytes32[] memory hashes) = _batch(2);
        kinds[1] = ICommunicationLog.Kind.RemoteFetch;
        _expectRecorded(alice, ICommunicationLog.Kind.RemoteCompute, hashes[0], 1);
        _expectRecorded(alice, ICommunicationLog.Kind.RemoteFetch, hashes[1], 2);
        vm.prank(alice);
        log.recordMany(APPLICATION, kinds, hashes);
        vm.assertEq(log.count(APPLICATION, alice), 3);
    }

    function test_recordMany_takesAFullBatch() public {
        (ICommunicationLog.Kind[] memory kinds, bytes32[] memory hashes) = _batch(log.MAX_BATCH());
        log.recordMany(APPLICATION, kinds, hashes);
        vm.assertEq(log.count(APPLICATION, address(this)), 256);
    }

    function test_recordMany_refusesListsOfDifferentLength() public {
        (ICommunicationLog.Kind[] memory kinds,) = _batch(2);
        _expectError(ICommunicationLog.InvalidBatch.selector, abi.encode(2, 3));
        log.recordMany(APPLICATION, kinds, new bytes32[](3));
    }

    function test_recordMany_refusesAnEmptyAndAnOversizedBatch() public {
        (ICommunicationLog.Kind[] memory kinds, bytes32[] memory hashes) = _batch(0);
        _expectError(ICommunicationLog.InvalidBatch.selector, abi.encode(0, 0));
        log.recordMany(APPLICATION, kinds, hashes);

        (kinds, hashes) = _batch(257);
        _expectError(ICommunicationLog.InvalidBatch.selector, abi.encode(257, 257));
        log.recordMany(APPLICATION, kinds, hashes);
    }

    function _batch(uint256 length) private pure returns (ICommunicationLog.Kind[] memory, bytes32[] memory hashes) {
        hashes = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            hashes[i] = keccak256(abi.encode(i));
        }
        return (new ICommunicationLog.Kind[](length), hashes);
    }

    function _expectRecorded(address who, ICommunicationLog.Kind kind, bytes32 hash, uint64 sequence) private {
        vm.expectEmit(address(log));
        emit ICommunicationLog.Recorded(APPLICATION, who, kind, hash, sequence);
    }
}

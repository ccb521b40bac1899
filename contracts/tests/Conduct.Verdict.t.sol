// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {Members} from "./Members.sol";

/// @dev What other contracts' events say, as the attestors have read them.
contract ConductVerdictTest is Members {
    bytes32 private constant EVIDENCE = keccak256("evidence");
    bytes32 private constant TYPEHASH =
        keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");

    address private offender;
    uint64 private time;

    function setUp() public override {
        super.setUp();
        vm.warp(START + 30 days);
        time = uint64(block.timestamp);
        offender = _newMember("offender");
    }

    function test_everyOffenceOfOtherContracts_convicts() public {
        for (uint256 i = uint256(IConduct.Offence.MissingReview); i <= uint256(IConduct.Offence.ExpiredQuery); ++i) {
            uint256 snapshot = vm.snapshotState();
            IConduct.Offence offence = IConduct.Offence(i);
            uint256 pot = conduct.pot();
            vm.expectEmit(address(conduct));
            bytes32 evidence = keccak256(abi.encode(offender, offence, EVIDENCE));
            emit IConduct.Penalised(offender, offence, evidence, 0, stranger, 1, uint64(block.timestamp) + LOCK, FINE);
            vm.prank(stranger); // who needs no bond
            conduct.penalise(offender, offence, EVIDENCE, time, _verdict(offence, EVIDENCE, time));
            vm.assertEq(conduct.pot(), pot + FINE);
            vm.assertEq(conduct.memberOf(offender).bond, BOND - FINE);
            vm.assertTrue(!conduct.isAllowed(offender), "locked");
            vm.revertToState(snapshot);
        }
    }

    function test_offencesThatStatementsProve_revert() public {
        for (uint256 i = 0; i < uint256(IConduct.Offence.MissingReview); ++i) {
            IConduct.Offence offence = IConduct.Offence(i);
            bytes[] memory signatures = _verdict(offence, EVIDENCE, time);
            _expectError(IConduct.InvalidStatement.selector);
            conduct.penalise(offender, offence, EVIDENCE, time, signatures);
        }
    }

    function test_locksDouble_untilForEver() public {
        for (uint256 n = 0; n < PERMANENT_AFTER; ++n) {
            _penalise(keccak256(abi.encode(n)), time);
            uint256 until = n + 1 < PERMANENT_AFTER ? block.timestamp + LOCK * (2 ** (n + 1) - 1) : type(uint64).max;
            vm.assertEq(conduct.memberOf(offender).lockedUntil, until);
        }
    }

    function test_sameEvidenceTwice_reverts() public {
        _penalise(EVIDENCE, time);
        IConduct.Offence offence = IConduct.Offence.ExpiredQuery;
        bytes[] memory signatures = _verdict(offence, EVIDENCE, time + 1); // nor with another time
        bytes32 evidence = keccak256(abi.encode(offender, offence, EVIDENCE));
        _expectError(IConduct.AlreadyPenalised.selector, abi.encode(evidence));
        conduct.penalise(offender, offence, EVIDENCE, time + 1, signatures);
    }

    /// @dev One transaction can show two offences, and two offenders.
    function test_sameEvidenceForAnotherOffenceOrOffender_convicts() public {
        _penalise(EVIDENCE, time);
        IConduct.Offence offence = IConduct.Offence.Equivocation;
        conduct.penalise(offender, offence, EVIDENCE, time, _verdict(offence, EVIDENCE, time));
        vm.assertEq(conduct.memberOf(offender).offences, 2);
        offender = _newMember("another");
        _penalise(EVIDENCE, time);
        vm.assertEq(conduct.memberOf(offender).offences, 1);
    }

    function test_eachFieldChanged_reverts() public {
        IConduct.Offence offence = IConduct.Offence.ExpiredQuery;
        bytes[] memory signatures = _verdict(offence, EVIDENCE, time);
        vm.expectRevert();
        conduct.penalise(stranger, offence, EVIDENCE, time, signatures);
        vm.expectRevert();
        conduct.penalise(offender, IConduct.Offence.UnansweredTrade, EVIDENCE, time, signatures);
        vm.expectRevert();
        conduct.penalise(offender, offence, keccak256("other"), time, signatures);
        vm.expectRevert();
        conduct.penalise(offender, offence, EVIDENCE, time + 1, signatures);
        conduct.penalise(offender, offence, EVIDENCE, time, signatures);
    }

    function test_tooOld_fromTheSecondAfterKeeping() public {
        IConduct.Offence offence = IConduct.Offence.ExpiredQuery;
        bytes[] memory signatures = _verdict(offence, EVIDENCE, time);
        vm.warp(uint256(time) + KEEPING + 1);
        _expectError(IConduct.TooOld.selector, abi.encode(time));
        conduct.penalise(offender, offence, EVIDENCE, time, signatures);
        vm.warp(uint256(time) + KEEPING);
        conduct.penalise(offender, offence, EVIDENCE, time, signatures);
        _penalise(keccak256("future"), type(uint64).max);
        vm.assertEq(conduct.memberOf(offender).offences, 2);
    }

    function test_tooFewAttestors_reverts() public {
        bytes[] memory one = new bytes[](1);
        one[0] = _verdict(IConduct.Offence.ExpiredQuery, EVIDENCE, time)[0];
        _expectError(IConduct.NotAttested.selector, abi.encode(1, THRESHOLD));
        conduct.penalise(offender, IConduct.Offence.ExpiredQuery, EVIDENCE, time, one);
    }

    function _penalise(bytes32 evidence, uint64 committedAt) private {
        IConduct.Offence offence = IConduct.Offence.ExpiredQuery;
        conduct.penalise(offender, offence, evidence, committedAt, _verdict(offence, evidence, committedAt));
    }

    function _verdict(IConduct.Offence offence, bytes32 evidence, uint64 committedAt)
        private
        view
        returns (bytes[] memory)
    {
        return _attest(keccak256(abi.encode(TYPEHASH, offender, offence, evidence, committedAt)));
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConduct} from "../src/IConduct.sol";
import {IEscrow} from "../src/IEscrow.sol";
import {HostileToken} from "./HostileToken.sol";
import {Members} from "./Members.sol";
import {Wallet} from "./Wallet.sol";

contract ConductMembersTest is Members {
    bytes32 private constant SUBJECT = keccak256("one person");
    address private ada;

    function setUp() public override {
        super.setUp();
        ada = _newcomer("ada");
    }

    function test_join_makesAMember() public {
        bytes[] memory admission = _admission(ada, SUBJECT);
        vm.expectEmit(address(conduct));
        emit IConduct.MemberJoined(ada, SUBJECT, PUBLIC_KEY, ENDPOINT);
        vm.expectEmit(address(conduct));
        emit IConduct.BondAdded(ada, BOND);
        vm.prank(ada);
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        _isMember(ada, IConduct.Member(SUBJECT, BOND, true, 0, 0, 0));
        vm.assertTrue(conduct.isAllowed(ada), "allowed");
        vm.assertEq(conduct.pot(), DUES);
        vm.assertEq(token.balanceOf(address(conduct)), BOND + DUES, "escrow");
        vm.assertEq(token.balanceOf(ada), FUNDS - BOND - DUES);
    }

    function test_whoNeverCame_isAllowedAndNoMember() public view {
        vm.assertTrue(conduct.isAllowed(stranger), "allowed");
        _isMember(stranger, IConduct.Member(0, 0, false, 0, 0, 0));
    }

    function test_join_bondTooLow_reverts() public {
        bytes[] memory admission = _admission(ada, SUBJECT);
        vm.prank(ada);
        _expectError(IConduct.BondTooLow.selector, abi.encode(BOND - 1, BOND));
        conduct.join(BOND - 1, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
    }

    function test_join_withABondFromBefore() public {
        vm.prank(ada);
        conduct.addBond(BOND - 1);
        _join(ada, 1, SUBJECT);
        vm.assertEq(conduct.memberOf(ada).bond, BOND);
        vm.assertEq(token.balanceOf(address(conduct)), BOND + DUES);
    }

    /// @dev A change of key or endpoint costs nothing.
    function test_join_again_takesNoDues() public {
        _join(ada, BOND, SUBJECT);
        vm.recordLogs();
        _join(ada, 0, SUBJECT);
        vm.assertEq(vm.getRecordedLogs().length, 1, "no bond, no leaving");
        vm.assertEq(conduct.pot(), DUES);
        vm.assertEq(token.balanceOf(ada), FUNDS - BOND - DUES);
        _join(ada, 5, SUBJECT);
        vm.assertEq(conduct.memberOf(ada).bond, BOND + 5);
        vm.assertEq(conduct.pot(), DUES);
    }

    function test_join_badKeys_revert() public {
        bytes[] memory admission = _admission(ada, SUBJECT);
        bytes memory offCurve = PUBLIC_KEY;
        offCurve[64] ^= 0x01;
        bytes memory compressed = PUBLIC_KEY;
        compressed[0] = 0x02;
        bytes[4] memory bad = [bytes(""), offCurve, compressed, bytes.concat(PUBLIC_KEY, hex"00")];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.prank(ada);
            _expectError(IConduct.InvalidPublicKey.selector);
            conduct.join(BOND, bad[i], ENDPOINT, SUBJECT, admission);
        }
    }

    function test_join_endpoint_hasOneTo256Bytes() public {
        bytes[] memory admission = _admission(ada, SUBJECT);
        uint256[2] memory bad = [uint256(0), 257];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.prank(ada);
            _expectError(IConduct.InvalidEndpoint.selector, abi.encode(bad[i]));
            conduct.join(BOND, PUBLIC_KEY, string(new bytes(bad[i])), SUBJECT, admission);
        }
        vm.prank(ada);
        conduct.join(BOND, PUBLIC_KEY, string(new bytes(256)), SUBJECT, admission);
        vm.prank(ada);
        conduct.join(0, PUBLIC_KEY, string(new bytes(1)), SUBJECT, admission);
    }

    function test_join_admissionOfAnother_reverts() public {
        address bob = _newcomer("bob");
        bytes[] memory admission = _admission(bob, SUBJECT);
        vm.prank(ada);
        vm.expectRevert();
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        vm.prank(bob);
        vm.expectRevert();
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, keccak256("another person"), admission);
        bytes[] memory few = new bytes[](1);
        few[0] = admission[0];
        vm.prank(bob);
        _expectError(IConduct.NotAttested.selector, abi.encode(1, THRESHOLD));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, few);
        (admission[0], admission[1]) = (admission[1], admission[0]);
        vm.prank(bob);
        _expectError(IConduct.NotAttested.selector, abi.encode(1, THRESHOLD));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        admission[0] = admission[1];
        vm.prank(bob);
        _expectError(IConduct.NotAttested.selector, abi.encode(1, THRESHOLD));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
    }

    /// @dev Small ones are the keys of accounts that have no name yet, 0 is none.
    function test_join_invalidSubject_reverts() public {
        bytes32[4] memory bad =
            [bytes32(0), bytes32(uint256(1)), bytes32(uint256(uint160(ada))), bytes32(uint256(type(uint160).max))];
        for (uint256 i = 0; i < bad.length; ++i) {
            bytes[] memory admission = _admission(ada, bad[i]);
            vm.prank(ada);
            _expectError(IConduct.InvalidSubject.selector);
            conduct.join(BOND, PUBLIC_KEY, ENDPOINT, bad[i], admission);
        }
        _join(ada, BOND, bytes32(uint256(type(uint160).max) + 1));
    }

    function test_join_asAnotherPerson_reverts() public {
        _join(ada, BOND, SUBJECT);
        bytes32 other = keccak256("another person");
        bytes[] memory admission = _admission(ada, other);
        vm.prank(ada);
        _expectError(IConduct.InvalidSubject.selector);
        conduct.join(0, PUBLIC_KEY, ENDPOINT, other, admission);
    }

    function test_join_withASecondAccount_theFirstLeaves() public {
        address moved = _newcomer("moved");
        _join(ada, BOND, SUBJECT);
        vm.warp(START + 9);
        bytes[] memory admission = _admission(moved, SUBJECT);
        vm.expectEmit(address(conduct));
        emit IConduct.MemberLeft(ada);
        vm.prank(moved);
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        _isMember(ada, IConduct.Member(SUBJECT, BOND, false, uint64(START) + 9, 0, 0));
        _isMember(moved, IConduct.Member(SUBJECT, BOND, true, 0, 0, 0));
        vm.assertEq(conduct.pot(), 2 * DUES);
        vm.warp(START + 11);
        _join(ada, 0, SUBJECT); // and back
        _isMember(ada, IConduct.Member(SUBJECT, BOND, true, uint64(START) + 9, 0, 0));
        _isMember(moved, IConduct.Member(SUBJECT, BOND, false, uint64(START) + 11, 0, 0));
        vm.assertEq(conduct.pot(), 3 * DUES);
    }

    /// @dev When the first left by itself long ago, its waiting does not begin again.
    function test_join_withASecondAccount_doesNotRetireTwice() public {
        address moved = _newcomer("moved");
        _join(ada, BOND, SUBJECT);
        vm.prank(ada);
        conduct.resign();
        vm.warp(START + 9);
        _join(moved, BOND, SUBJECT);
        vm.assertEq(conduct.memberOf(ada).leftAt, START);
    }

    function test_resign_andRejoin() public {
        _join(ada, BOND, SUBJECT);
        vm.warp(START + 3);
        vm.expectEmit(address(conduct));
        emit IConduct.MemberLeft(ada);
        vm.prank(ada);
        conduct.resign();
        _isMember(ada, IConduct.Member(SUBJECT, BOND, false, uint64(START) + 3, 0, 0));
        vm.prank(ada);
        _expectError(IConduct.NotMember.selector, abi.encode(ada));
        conduct.resign();
        _join(ada, 0, SUBJECT);
        vm.assertTrue(conduct.memberOf(ada).active, "a member again");
        vm.assertEq(conduct.pot(), 2 * DUES);
        vm.warp(START + 8);
        vm.prank(ada);
        conduct.resign();
        vm.assertEq(conduct.memberOf(ada).leftAt, START + 8);
    }

    function test_takeBond_asLongAfterLeavingAsThereIsEvidence() public {
        _join(ada, BOND, SUBJECT);
        _refusesBond(1, ada, IConduct.AlreadyMember.selector, abi.encode(ada));
        vm.prank(ada);
        conduct.resign();
        _refusesBond(1, ada, IConduct.BondKept.selector, abi.encode(START + KEEPING));
        vm.warp(START + KEEPING);
        _refusesBond(1, ada, IConduct.BondKept.selector, abi.encode(START + KEEPING));
        vm.warp(START + KEEPING + 1);
        _refusesBond(BOND + 1, ada, IConduct.BondTooLow.selector, abi.encode(BOND, BOND + 1));
        _refusesBond(1, address(0), IEscrow.InvalidReceiver.selector, abi.encode(address(0)));
        _refusesBond(1, address(conduct), IEscrow.InvalidReceiver.selector, abi.encode(address(conduct)));
        vm.expectEmit(address(conduct));
        emit IConduct.BondTaken(ada, stranger, BOND - 1);
        vm.prank(ada);
        conduct.takeBond(BOND - 1, stranger);
        vm.assertEq(token.balanceOf(stranger), BOND - 1);
        vm.assertEq(conduct.memberOf(ada).bond, 1);
        vm.prank(ada);
        conduct.takeBond(1, ada);
        _refusesBond(1, ada, IConduct.BondTooLow.selector, abi.encode(0, 1));
        vm.assertEq(token.balanceOf(address(conduct)), DUES);
    }

    function test_addBond_ofNoMember_canBeTakenAtOnce() public {
        vm.expectEmit(address(conduct));
        emit IConduct.BondAdded(ada, 5);
        vm.prank(ada);
        conduct.addBond(5);
        vm.prank(ada);
        conduct.addBond(2);
        vm.assertEq(conduct.memberOf(ada).bond, 7);
        vm.assertEq(token.balanceOf(address(conduct)), 7);
        vm.prank(ada);
        conduct.takeBond(7, ada);
        vm.assertEq(token.balanceOf(ada), FUNDS);
    }

    function test_lock_keepsFromJoining_withEveryAccountOfThePerson() public {
        address moved = _newcomer("moved");
        _join(ada, BOND, SUBJECT);
        _penalise(ada, 1);
        uint64 until = uint64(block.timestamp) + LOCK;
        address[2] memory accounts = [ada, moved];
        for (uint256 i = 0; i < 2; ++i) {
            bytes[] memory admission = _admission(accounts[i], SUBJECT);
            vm.warp(until);
            vm.prank(accounts[i]);
            _expectError(IConduct.LockedOut.selector, abi.encode(accounts[i], until));
            conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
            vm.warp(START);
        }
        vm.warp(until + 1);
        _join(moved, BOND, SUBJECT);
        _penalise(moved, 2);
        vm.assertEq(conduct.memberOf(ada).offences, 2, "one person");
        vm.assertTrue(!conduct.isAllowed(ada) && !conduct.isAllowed(moved), "both accounts");
        vm.assertEq(conduct.memberOf(moved).lockedUntil, block.timestamp + 2 * LOCK);
    }

    function test_afterAFine_theBondHasToBeFullToJoin() public {
        _join(ada, BOND, SUBJECT);
        _penalise(ada, 1);
        vm.warp(START + LOCK + 1);
        bytes[] memory admission = _admission(ada, SUBJECT);
        vm.prank(ada);
        _expectError(IConduct.BondTooLow.selector, abi.encode(BOND - 1, BOND));
        conduct.join(FINE - 1, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        _join(ada, FINE, SUBJECT);
    }

    function test_offencesBeforeJoining_countOn() public {
        _penalise(ada, 1);
        _penalise(ada, 2);
        vm.assertEq(conduct.memberOf(ada).offences, 2);
        vm.assertTrue(!conduct.isAllowed(ada), "without a name");
        uint64 until = conduct.memberOf(ada).lockedUntil;
        bytes[] memory admission = _admission(ada, SUBJECT);
        vm.prank(ada);
        _expectError(IConduct.LockedOut.selector, abi.encode(ada, until));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        vm.warp(until + 1);
        _join(ada, BOND, SUBJECT);
        vm.assertEq(conduct.memberOf(ada).offences, 2);
        vm.assertEq(conduct.memberOf(ada).lockedUntil, until);
        _penalise(ada, 3);
        vm.assertEq(conduct.memberOf(ada).lockedUntil, block.timestamp + 4 * LOCK);
    }

    /// @dev What a second account did before it had a name adds to what the person did.
    function test_offencesOfTwoAccounts_addUp() public {
        _join(ada, BOND, SUBJECT);
        _penalise(ada, 1);
        address moved = _newcomer("moved");
        _penalise(moved, 2);
        vm.warp(START + LOCK + 1);
        _join(moved, BOND, SUBJECT);
        vm.assertEq(conduct.memberOf(ada).offences, 2);
        _join(ada, FINE, SUBJECT);
        vm.assertEq(conduct.memberOf(moved).offences, 2, "not added again");
    }

    function test_runningLockOfThePerson_isNotShortenedByASecondAccount() public {
        _join(ada, BOND, SUBJECT);
        address moved = _newcomer("moved");
        _penalise(moved, 1);
        vm.warp(START + LOCK + 1);
        _penalise(ada, 2);
        bytes[] memory admission = _admission(moved, SUBJECT);
        vm.prank(moved);
        _expectError(IConduct.LockedOut.selector, abi.encode(moved, block.timestamp + LOCK));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
    }

    /// @dev So many offences lock for ever, even when they come together only now.
    function test_offencesThatAddUpToTheLast_lockOut() public {
        address moved = _newcomer("moved");
        _join(ada, BOND, SUBJECT);
        _penalise(ada, 1);
        for (uint256 n = 2; n <= PERMANENT_AFTER; ++n) {
            _penalise(moved, n);
        }
        vm.warp(START + 365 days);
        bytes[] memory admission = _admission(moved, SUBJECT);
        vm.prank(moved);
        _expectError(IConduct.LockedOut.selector, abi.encode(moved, type(uint64).max));
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
    }

    function test_whoIsLocked_mayResignAndHaveTheRestOfItsBond() public {
        _join(ada, BOND, SUBJECT);
        for (uint256 n = 0; n < PERMANENT_AFTER; ++n) {
            _penalise(ada, n);
        }
        vm.prank(ada);
        conduct.addBond(3);
        vm.prank(ada);
        conduct.resign();
        vm.warp(block.timestamp + KEEPING + 1);
        vm.prank(ada);
        conduct.takeBond(3, ada);
    }

    function test_tokenThatDeliversOther_reverts() public {
        bytes[] memory admission = _admission(ada, SUBJECT);
        HostileToken.Manner[2] memory manners = [HostileToken.Manner.TakesAFee, HostileToken.Manner.GivesABonus];
        for (uint256 i = 0; i < manners.length; ++i) {
            token.setManner(manners[i]);
            vm.prank(ada);
            _expectError(IEscrow.UnsupportedToken.selector);
            conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
            vm.prank(ada);
            _expectError(IEscrow.UnsupportedToken.selector);
            conduct.addBond(1);
        }
        token.setManner(HostileToken.Manner.ReturnsFalse);
        vm.prank(ada);
        vm.expectRevert();
        conduct.addBond(1);
        token.setManner(HostileToken.Manner.ReturnsNothing);
        _join(ada, BOND, SUBJECT);
    }

    function test_withoutMoney_reverts() public {
        address poor = _signer("poor");
        bytes[] memory admission = _admission(poor, SUBJECT);
        vm.prank(poor);
        vm.expectRevert();
        conduct.join(BOND, PUBLIC_KEY, ENDPOINT, SUBJECT, admission);
        vm.prank(poor);
        vm.expectRevert();
        conduct.addBond(1);
    }

    /// @dev A bond that the token refuses to deliver stays the account's.
    function test_takeBond_refusedByTheToken_reverts() public {
        vm.prank(ada);
        conduct.addBond(5);
        token.refuse(ada, true);
        vm.prank(ada);
        vm.expectRevert();
        conduct.takeBond(5, ada);
        token.setManner(HostileToken.Manner.ReturnsFalse);
        vm.prank(ada);
        vm.expectRevert();
        conduct.takeBond(5, stranger);
        vm.assertEq(conduct.memberOf(ada).bond, 5);
    }

    /// @dev A token that calls whom it pays: nothing that moves money can be entered again.
    function test_takeBond_cannotBeEnteredAgain() public {
        Wallet wallet = new Wallet();
        token.mint(address(wallet), 10);
        vm.prank(address(wallet));
        token.approve(address(conduct), 10);
        vm.prank(address(wallet));
        conduct.addBond(10);
        token.call(address(wallet));
        bytes[] memory none = new bytes[](0);
        wallet.plan(address(conduct), abi.encodeCall(IConduct.takeBond, (5, address(wallet))));
        wallet.plan(address(conduct), abi.encodeCall(IConduct.addBond, (0)));
        wallet.plan(address(conduct), abi.encodeCall(IConduct.join, (0, PUBLIC_KEY, ENDPOINT, SUBJECT, none)));
        wallet.plan(address(conduct), abi.encodeCall(IEscrow.withdraw, (address(wallet))));
        vm.prank(address(wallet));
        conduct.takeBond(5, address(wallet));
        vm.assertEq(wallet.blocked(), 4);
        vm.assertEq(conduct.memberOf(address(wallet)).bond, 5);
        vm.assertEq(token.balanceOf(address(wallet)), 5);
    }

    function _penalise(address offender, uint256 n) private {
        bytes32 typeHash = keccak256("Verdict(address offender,uint8 offence,bytes32 evidence,uint64 committedAt)");
        (bytes32 evidence, uint64 time) = (bytes32(n), uint64(block.timestamp));
        bytes[] memory signatures = _attest(keccak256(abi.encode(typeHash, offender, 6, evidence, time)));
        conduct.penalise(offender, IConduct.Offence.MissingReview, evidence, time, signatures);
    }

    function _refusesBond(uint128 amount, address to, bytes4 selector, bytes memory arguments) private {
        vm.prank(ada);
        _expectError(selector, arguments);
        conduct.takeBond(amount, to);
    }

    function _isMember(address account, IConduct.Member memory wanted) private view {
        vm.assertEq(keccak256(abi.encode(conduct.memberOf(account))), keccak256(abi.encode(wanted)));
    }
}

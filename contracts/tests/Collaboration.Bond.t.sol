// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICollaboration} from "../src/ICollaboration.sol";
import {Queries} from "./Queries.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev Terms, agreements and locks.
contract CollaborationBondTest is Queries {
    /// @dev Order of secp256k1 (SEC 2, 2.4.1).
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function test_bond_takesRewardAndFee() public {
        ICollaboration.Terms memory t = _terms();
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        vm.expectEmit(address(queries));
        emit ICollaboration.Bonded(QUERY, querier, t, START + ANSWER);
        _bond(querier, t, agreement);
        _assertMoney(REWARD + FEE, 0, 0, REWARD + FEE);
        ICollaboration.Task memory task = queries.taskOf(QUERY);
        _assertState(QUERY, ICollaboration.State.Bonded);
        vm.assertEq(task.querier, querier);
        vm.assertEq(task.collaborator, collaborator);
        vm.assertEq(task.service, service);
        vm.assertEq(task.reward, REWARD);
        vm.assertEq(task.fee, FEE);
        vm.assertEq(task.deadline, START + ANSWER);
        vm.assertEq(task.confirmSeconds, CONFIRM);
        vm.assertEq(task.result, bytes32(0));
    }

    function test_bond_refusesTermsThatPromiseNothing() public {
        for (uint256 i = 0; i < 6; ++i) {
            ICollaboration.Terms memory t = _terms();
            if (i == 0) t.reward = 0;
            if (i == 1) t.answerSeconds = 0;
            if (i == 2) t.confirmSeconds = 0;
            if (i == 3) t.answerSeconds = 2 ** 23;
            if (i > 3) t.confirmSeconds = 2 ** 23;
            if (i > 4) t.answerSeconds = 2 ** 23;
            _refuseTerms(querier, t);
        }
    }

    function test_bond_takesTheLeastAndTheLongest() public {
        _offer(service, 0);
        ICollaboration.Terms memory t = _terms();
        (t.reward, t.fee, t.answerSeconds, t.confirmSeconds) = (1, 0, 1, 2 ** 23 - 1);
        _bond(t);
        (t.query, t.answerSeconds, t.confirmSeconds) = (RESULT, 2 ** 23 - 1, 1);
        _bond(t);
        _assertMoney(2, 0, 0, 2);
    }

    function test_bond_refusesOnePartyInTwoRoles() public {
        ICollaboration.Terms memory t = _terms();
        t.collaborator = querier;
        _refuseTerms(querier, t);
        t = _terms();
        t.service = collaborator;
        _refuseTerms(querier, t);
        _fund(service);
        t = _terms();
        _refuseTerms(service, t);
    }

    function test_bond_isPossibleUntilTheAgreementEnds() public {
        ICollaboration.Terms memory t = _terms();
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        vm.warp(VALID + 1);
        _tooLate(QUERY, VALID);
        _bond(querier, t, agreement);
        vm.warp(VALID);
        _bond(querier, t, agreement);
        vm.assertEq(queries.taskOf(QUERY).deadline, VALID + ANSWER);
    }

    /// @dev Not after its end either, and not by another.
    function test_bond_takesAQueryOnce() public {
        _fund(stranger);
        for (uint256 i = 1; i < STATES; ++i) {
            uint256 state = vm.snapshotState();
            _in(ICollaboration.State(i));
            ICollaboration.Terms memory t = _terms();
            bytes memory agreement = _sign(KEY, _digest(t, querier));
            _expectError(ICollaboration.AlreadyBonded.selector, abi.encode(QUERY));
            _bond(querier, t, agreement);
            agreement = _sign(KEY, _digest(t, stranger));
            _expectError(ICollaboration.AlreadyBonded.selector, abi.encode(QUERY));
            _bond(stranger, t, agreement);
            vm.revertToState(state);
        }
    }

    function test_bond_refusesWhatIsNotOffered() public {
        ICollaboration.Terms memory t = _terms();
        t.service = stranger;
        _refuseOffer(t);
        t.fee = 0;
        _refuseOffer(t);
        t = _terms();
        t.fee = FEE - 1;
        _refuseOffer(t);
        t.fee = FEE + 1;
        _refuseOffer(t);
        vm.prank(service);
        queries.withdrawService();
        t.fee = FEE;
        _refuseOffer(t);
        t.fee = 0;
        _refuseOffer(t);
    }

    function test_bond_refusesALockedQuerierOrCollaborator() public {
        conduct.lock(querier, true);
        _refuseLocked(querier);
        conduct.lock(querier, false);
        conduct.lock(collaborator, true);
        _refuseLocked(collaborator);
        conduct.lock(collaborator, false);
        conduct.lock(service, true);
        conduct.lock(stranger, true);
        _bonded();
    }

    /// @dev A lock that begins meanwhile touches nothing that is bonded; nor does its end.
    function test_locks_ofLaterDoNotTouchTheQuery() public {
        for (uint256 i = 0; i < 8; ++i) {
            uint256 state = vm.snapshotState();
            bytes32 query = _bonded();
            _lockAll(true);
            if (i % 4 > 1) _answer(query);
            if (i > 3) _lockAll(false);
            if (i % 4 == 0) {
                vm.prank(collaborator);
                queries.decline(query);
            } else if (i % 4 == 1) {
                _pass(query);
                queries.expire(query);
            } else if (i % 4 == 2) {
                vm.prank(querier);
                queries.confirm(query);
            } else {
                _pass(query);
                queries.settle(query);
            }
            if (i % 4 < 2) _assertMoney(0, 0, 0, 0);
            else _assertMoney(REWARD + FEE, REWARD, FEE, 0);
            vm.revertToState(state);
        }
    }

    function test_agreements_bindEveryTerm() public {
        _fund(stranger);
        _offer(stranger, FEE);
        bytes memory agreement = _sign(KEY, _digest(_terms(), querier));
        for (uint256 i = 0; i < 8; ++i) {
            uint256 state = vm.snapshotState();
            ICollaboration.Terms memory t = _terms();
            address caller = i == 0 ? stranger : querier;
            if (i == 1) t.query = RESULT;
            if (i == 2) t.service = stranger;
            if (i == 3) --t.reward;
            if (i == 4) --t.fee;
            if (i == 5) --t.answerSeconds;
            if (i == 6) --t.confirmSeconds;
            if (i == 7) ++t.validUntil;
            _offer(service, t.fee);
            _refuseAgreement(caller, t, agreement);
            vm.revertToState(state);
        }
        _bond(querier, _terms(), agreement);
    }

    function test_agreements_haveToBeTheCollaborators() public {
        ICollaboration.Terms memory t = _terms();
        uint256 key = uint256(keccak256("somebody else"));
        _expectError(ICollaboration.InvalidAgreement.selector, abi.encode(vm.addr(key)));
        _bond(querier, t, _sign(key, _digest(t, querier)));
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        t.collaborator = vm.addr(key);
        _expectError(ICollaboration.InvalidAgreement.selector, abi.encode(collaborator));
        _bond(querier, t, agreement);
    }

    function test_agreements_areOfOneChainAndOneContract() public {
        ICollaboration.Terms memory t = _terms();
        _refuseAgreement(querier, t, _sign(KEY, _digest(t, querier, block.chainid + 1, address(queries))));
        _refuseAgreement(querier, t, _sign(KEY, _digest(t, querier, block.chainid, address(conduct))));
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        // The same contract after a split of the chain.
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        _refuseAgreement(querier, t, agreement);
        vm.chainId(chain);
        _bond(querier, t, agreement);
    }

    function test_agreements_refuseSignaturesThatAreNone() public {
        ICollaboration.Terms memory t = _terms();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _digest(t, querier));
        _expectError(ECDSA.ECDSAInvalidSignatureLength.selector, abi.encode(0));
        _bond(querier, t, "");
        bytes memory compact = abi.encodePacked(r, s);
        _expectError(ECDSA.ECDSAInvalidSignatureLength.selector, abi.encode(64));
        _bond(querier, t, compact);
        bytes32 high = bytes32(ORDER - uint256(s));
        _expectError(ECDSA.ECDSAInvalidSignatureS.selector, abi.encode(high));
        _bond(querier, t, abi.encodePacked(r, high, v == 27 ? 28 : 27));
        // Nobody's: also not that of the collaborator 0.
        t.collaborator = address(0);
        _expectError(ECDSA.ECDSAInvalidSignature.selector);
        _bond(querier, t, new bytes(65));
    }

    function testFuzz_bond_keepsTheTerms(ICollaboration.Terms memory t, uint64 now_) public {
        (t.collaborator, t.service) = (collaborator, service);
        t.reward = uint128(_bound(t.reward, 1, type(uint128).max));
        t.answerSeconds = uint32(_bound(t.answerSeconds, 1, 2 ** 23 - 1));
        t.confirmSeconds = uint32(_bound(t.confirmSeconds, 1, 2 ** 23 - 1));
        vm.warp(_bound(now_, 0, type(uint40).max));
        t.validUntil = uint64(_bound(t.validUntil, block.timestamp, type(uint64).max));
        token.mint(querier, uint256(t.reward) + t.fee);
        _offer(service, t.fee);
        _bond(t);
        ICollaboration.Task memory task = queries.taskOf(t.query);
        vm.assertEq(task.deadline, block.timestamp + t.answerSeconds);
        vm.assertEq(task.confirmSeconds, t.confirmSeconds);
        vm.assertEq(task.reward, t.reward);
        vm.assertEq(task.fee, t.fee);
        _assertMoney(0, 0, 0, uint256(t.reward) + t.fee);
    }

    function _lockAll(bool yes) private {
        conduct.lock(querier, yes);
        conduct.lock(collaborator, yes);
        conduct.lock(service, yes);
    }

    function _answer(bytes32 query) private {
        vm.prank(service);
        queries.answer(query, RESULT);
    }

    function _refuseTerms(address caller, ICollaboration.Terms memory t) private {
        bytes memory agreement = _sign(KEY, _digest(t, caller));
        _expectError(ICollaboration.InvalidTerms.selector);
        _bond(caller, t, agreement);
    }

    function _refuseOffer(ICollaboration.Terms memory t) private {
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        _expectError(ICollaboration.NotOffered.selector, abi.encode(t.service, t.fee));
        _bond(querier, t, agreement);
    }

    function _refuseLocked(address account) private {
        ICollaboration.Terms memory t = _terms();
        bytes memory agreement = _sign(KEY, _digest(t, querier));
        _expectError(ICollaboration.Locked.selector, abi.encode(account));
        _bond(querier, t, agreement);
    }

    /// @dev The signature is somebody's, but not the collaborator's on this.
    function _refuseAgreement(address caller, ICollaboration.Terms memory t, bytes memory agreement) private {
        (bytes32 r, bytes32 s, uint8 v) = _parts(agreement);
        address signer = ecrecover(_digest(t, caller), v, r, s);
        vm.assertTrue(signer != collaborator, "another digest");
        _expectError(ICollaboration.InvalidAgreement.selector, abi.encode(signer));
        _bond(caller, t, agreement);
    }

    function _parts(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
